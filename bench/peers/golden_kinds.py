"""What the tests are held to, one function for each kind of model: see goldens.py, which names the keys.

Each takes a family, its model as read from the written checkpoint, and a generator of the inputs; it returns the
golden, or raises Unfit, upon which another seed is tried.
"""
import dataclasses
import pathlib
import tempfile
from typing import Any, Callable

import numpy
import safetensors.torch
import torch
import transformers

MARGIN = 2e-3
NEW_TOKENS = 32
IGNORED = -100

Model = transformers.PreTrainedModel
Golden = dict[str, Any]
Weights = dict[str, torch.Tensor]


@dataclasses.dataclass(frozen=True)
class Family:
    """One folder. `grads` are published names; `length` is how many ids go in; `still` are the weights that no
    logit depends on, as patterns of ends of names, for which the check that every weight matters makes an exception;
    `gain` is the deviation of the random matrices; `file` turns what this release of the library saves into what the
    published files hold."""
    kind: Callable[["Family", Model, torch.Generator], Golden]
    model: type
    config: transformers.PretrainedConfig
    grads: tuple[str, ...]
    length: int = 24
    dtype: torch.dtype = torch.float32
    still: tuple[str, ...] = ()
    gain: float = 0.3
    file: Callable[[Weights], Weights] = lambda weights: weights


class Unfit(Exception):
    """This seed gives a golden that proves too little."""


def require(holds: Any, otherwise: str) -> None:
    if not holds:
        raise Unfit(otherwise)


# ---------------------------------------------------------------------------------------------------------------- kinds

def causal(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Decoders: logits, loss of the next token, greedy continuation; of experts also the load-balancing loss."""
    ids = random_ids(random, model.config, family.length)
    out = model(ids, labels=ids, output_hidden_states=True)
    golden = dict(ids=ids[0].tolist(), **rows(out.logits[0]), loss=out.loss.item(),
                  hidden_states=at_last_position(out.hidden_states), grads=gradients(family, model, out.loss))
    if hasattr(model.config, "router_aux_loss_coef"):
        golden["router"] = router(family, model, ids)
    golden["greedy"] = greedy(model, ids)
    return golden


def router(family: Family, model: Model, ids: torch.Tensor) -> Golden:
    """The loss with the load-balancing loss added, which needs the router's logits; both losses and its gradients."""
    out = model(ids, labels=ids, output_router_logits=True)
    for logits in out.router_logits:
        best = logits.sort(-1, descending=True).values
        chosen = model.config.num_experts_per_tok
        require((best[:, chosen - 1] - best[:, chosen]).min() > 1e-4, "two experts as good as each other")
    gates = [name for name in family.grads if name.endswith("gate.weight")]
    return dict(aux_loss=out.aux_loss.item(), coefficient=model.config.router_aux_loss_coef, loss=out.loss.item(),
                grads=gradients(dataclasses.replace(family, grads=gates), model, out.loss))


def extended_rope(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Dynamic NTK, whose frequencies follow the length so far. The library keeps those of the longest sequence that it
    has seen until one shorter than the trained context comes, and a cache keeps keys turned by those of their time:
    `logits`, `loss` and `greedy` come from whole sequences, each longer than the one before, so all positions of a
    forward have the frequencies of its length. `greedy_cached` is what generation with the cache gives instead: the
    prompt's keys keep the frequencies of its length, each later key and query those of its own."""
    ids = random_ids(random, model.config, family.length)
    require(ids.shape[1] > model.config.max_position_embeddings, "the scaling takes no effect")
    out = model(ids, labels=ids, output_hidden_states=True)
    golden = dict(ids=ids[0].tolist(), **rows(out.logits[0]), loss=out.loss.item(),
                  hidden_states=at_last_position(out.hidden_states), grads=gradients(family, model, out.loss))
    within = ids[:, :24]
    golden["within_context"] = dict(ids=within[0].tolist(), **rows(model(within).logits[0]))
    golden["greedy"] = argmax_loop(lambda seen: model(seen).logits, ids)
    model(within)  # back to the frequencies of the trained context
    golden["greedy_cached"] = library_loop(model, ids)
    return golden


def masked(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Encoders: logits everywhere, loss at the masked positions, and a padded batch."""
    ids = random_ids(random, model.config, family.length)
    labels = torch.full_like(ids, IGNORED)
    places = [2, 7, 13, 22]
    labels[0, places] = ids[0, places]
    ids[0, places] = model.config.vocab_size - 1
    inputs = dict(input_ids=ids, **token_types(model.config, ids))
    out = model(**inputs, labels=labels, output_hidden_states=True)
    padded = padded_batch(model, random, ids)
    short = int(padded["attention_mask"][1].sum())
    logits = model(**padded).logits
    alone = model(**{key: value[1:, :short] for key, value in padded.items()}).logits
    require((logits[1, :short] - alone[0]).abs().max() < 1e-5, "padding shows")
    return dict(ids=ids[0].tolist(), **lists(token_types(model.config, ids), row=0), **rows(out.logits[0]),
                labels=labels[0].tolist(), loss=out.loss.item(), hidden_states=at_last_position(out.hidden_states),
                grads=gradients(family, model, out.loss),
                padded=dict(lists(padded), text=1, **rows(logits[1, :short])))


def classify(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Classifiers: a padded batch of two texts, its logits and loss, and what the encoder pools from."""
    padded = padded_batch(model, random, random_ids(random, model.config, family.length))
    labels = torch.tensor([2, 0])
    out = model(**padded, labels=labels, output_hidden_states=True)
    short = int(padded["attention_mask"][1].sum())
    alone = model(**{key: value[1:, :short] for key, value in padded.items()}).logits
    require((out.logits[1] - alone[0]).abs().max() < 1e-5, "padding shows")
    golden = dict(lists(padded), logits=out.logits.tolist(), labels=labels.tolist(), loss=out.loss.item(),
                  first_hidden=out.hidden_states[-1][:, 0].tolist(), grads=gradients(family, model, out.loss))
    encoder = model.base_model(**padded)
    if encoder.pooler_output is not None:
        golden["pooled"] = encoder.pooler_output.tolist()
    return golden


def classify_tokens(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Classifiers of tokens: one text, the logits of all its tokens, and the loss of labels for them."""
    ids = random_ids(random, model.config, family.length)
    labels = torch.arange(ids.shape[1])[None] % model.config.num_labels
    out = model(input_ids=ids, labels=labels)
    return dict(ids=ids[0].tolist(), logits=out.logits[0].tolist(), labels=labels[0].tolist(), loss=out.loss.item(),
                grads=gradients(family, model, out.loss))


def sequence_to_sequence(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Encoder-decoders: the decoder's logits for labels moved one to the right, greedy output from its start token."""
    source = random_ids(random, model.config, family.length)
    labels = random_ids(random, model.config, 20)
    start = torch.tensor([[model.config.decoder_start_token_id]])
    out = model(input_ids=source, labels=labels, output_hidden_states=True)
    decoder_ids = torch.cat([start, labels[:, :-1]], dim=1)
    logits = model(input_ids=source, decoder_input_ids=decoder_ids).logits
    require(torch.equal(out.logits, logits), "labels move otherwise")
    padding = 6
    padded = dict(
        input_ids=torch.nn.functional.pad(source[:, padding:], (0, padding), value=model.config.pad_token_id),
        attention_mask=(torch.arange(source.shape[1]) < source.shape[1] - padding).long()[None])
    logits = model(**padded, decoder_input_ids=decoder_ids).logits
    alone = model(input_ids=source[:, padding:], decoder_input_ids=decoder_ids).logits
    require((logits - alone).abs().max() < 1e-5, "padding shows")
    whole = lambda seen: model(input_ids=source, decoder_input_ids=seen).logits
    tokens = argmax_loop(whole, start)
    require(tokens == library_loop(model, source, decoder_input_ids=start), "the cache makes a difference")
    return dict(ids=source[0].tolist(), decoder_ids=decoder_ids[0].tolist(), **rows(out.logits[0]),
                labels=labels[0].tolist(), loss=out.loss.item(),
                encoder_last_hidden_state=out.encoder_last_hidden_state[0, -1].tolist(),
                hidden_states=at_last_position(out.decoder_hidden_states), grads=gradients(family, model, out.loss),
                padded=dict(lists(padded, row=0), **rows(logits[0])), greedy=tokens)


def vision(family: Family, model: Model, random: torch.Generator) -> Golden:
    """Vision towers: hidden states of the class token and two patches, and the pooled output."""
    pixels = random_pixels(random, model)
    probe = torch.randn(model.config.hidden_size, generator=random).to(model.dtype)
    out = model(pixels, output_hidden_states=True)
    loss = (out.pooler_output * probe).sum()
    places = [0, 1, out.last_hidden_state.shape[1] - 1]
    return dict(pixel_values=pixels[0].flatten().tolist(), pixel_shape=list(pixels.shape[1:]), rows=places,
                last_hidden_state=out.last_hidden_state[0, places].tolist(), pooled=out.pooler_output[0].tolist(),
                probe=probe.tolist(), loss=loss.item(), hidden_states=at_last_position(out.hidden_states),
                grads=gradients(family, model, loss))


def llava(family: Family, model: Model, random: torch.Generator) -> Golden:
    """LLaVA 1.5: the image token stands once for each patch, as the processor writes it. Loss on the text alone."""
    image, patches = model.config.image_token_id, (model.config.vision_config.image_size
                                                   // model.config.vision_config.patch_size) ** 2
    text = torch.randint(3, image, (1, family.length), generator=random)
    ids = torch.cat([text[:, :5], torch.full((1, patches), image), text[:, 5:]], dim=1)
    labels = ids.masked_fill(ids == image, IGNORED)
    pixels = random_pixels(random, model.model.vision_tower)
    out = model(input_ids=ids, pixel_values=pixels, labels=labels, output_hidden_states=True)
    def whole(seen: torch.Tensor) -> torch.Tensor:
        require(image not in seen[0, ids.shape[1]:], "an image token was generated")
        return model(input_ids=seen, pixel_values=pixels).logits
    tokens = argmax_loop(whole, ids)
    require(tokens == library_loop(model, ids, pixel_values=pixels), "the cache makes a difference")
    features = model.get_image_features(pixels, return_dict=True).pooler_output
    return dict(ids=ids[0].tolist(), pixel_values=pixels[0].flatten().tolist(), pixel_shape=list(pixels.shape[1:]),
                **rows(out.logits[0]), labels=labels[0].tolist(), loss=out.loss.item(),
                first_image_feature=features[0][0].tolist(), hidden_states=at_last_position(out.hidden_states),
                grads=gradients(family, model, out.loss), greedy=tokens)


# ------------------------------------------------------------------------------------------------- what the kinds share

def random_ids(random: torch.Generator, config: transformers.PretrainedConfig, length: int) -> torch.Tensor:
    """Neither padding nor another of the first, special ids, nor the last, which stands for a mask."""
    return torch.randint(3, config.vocab_size - 1, (1, length), generator=random)


def random_pixels(random: torch.Generator, tower: Model) -> torch.Tensor:
    """Normalised pixels, in 64ths."""
    side = tower.config.image_size
    return torch.randint(-128, 129, (1, 3, side, side), generator=random).to(tower.dtype) / 64


def token_types(config: transformers.PretrainedConfig, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    """The second half of a text as its second segment, where the family knows segments."""
    if getattr(config, "type_vocab_size", 1) < 2:
        return {}
    return dict(token_type_ids=(torch.arange(ids.shape[1]) >= ids.shape[1] // 2).long().expand(ids.shape).clone())


def padded_batch(model: Model, random: torch.Generator, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    """The ids, and a second text of five eighths of their length, padded on the right."""
    length, short = ids.shape[1], ids.shape[1] * 5 // 8
    other = random_ids(random, model.config, length)
    other[:, short:] = model.config.pad_token_id
    both = torch.cat([ids, other])
    mask = torch.ones_like(both)
    mask[1, short:] = 0
    return dict(input_ids=both, attention_mask=mask, **token_types(model.config, both))


def lists(tensors: dict[str, torch.Tensor], row: int | None = None) -> Golden:
    """The tensors as lists, or one row of each; input_ids are called ids."""
    return {"ids" if name == "input_ids" else name: (tensor if row is None else tensor[row]).tolist()
            for name, tensor in tensors.items()}


def rows(logits: torch.Tensor) -> Golden:
    """The first, middle and last row."""
    places = [0, len(logits) // 2 - 1, len(logits) - 1]
    return dict(rows=places, logits=logits[places].tolist())


def at_last_position(hidden_states: tuple[torch.Tensor, ...]) -> list[list[float]]:
    return [state[0, -1].tolist() for state in hidden_states]


def greedy(model: Model, ids: torch.Tensor) -> list[int]:
    tokens = argmax_loop(lambda seen: model(seen).logits, ids)
    require(tokens == library_loop(model, ids), "the cache makes a difference")
    return tokens


@torch.no_grad()
def argmax_loop(logits: Callable[[torch.Tensor], torch.Tensor], ids: torch.Tensor) -> list[int]:
    """32 tokens, each from a forward over all ids so far; ends of text are tokens like others."""
    seen = ids
    for _ in range(NEW_TOKENS):
        best = logits(seen)[0, -1].topk(2)
        require(best.values[0] - best.values[1] > MARGIN, "two tokens as good as each other")
        seen = torch.cat([seen, best.indices[:1, None]], dim=1)
    tokens = seen[0, ids.shape[1]:].tolist()
    require(len(set(tokens)) > 5, "the continuation goes in circles")
    return tokens


@torch.no_grad()
def library_loop(model: Model, ids: torch.Tensor, **inputs: Any) -> list[int]:
    """The library's own greedy generation with its cache."""
    for token in ("eos_token_id", "forced_bos_token_id", "forced_eos_token_id"):
        setattr(model.generation_config, token, None)
    prompt = inputs.get("decoder_input_ids", ids)
    out = model.generate(ids, attention_mask=torch.ones_like(ids), **inputs, do_sample=False, num_beams=1,
                         use_cache=True, max_new_tokens=NEW_TOKENS)
    return out[0, prompt.shape[1]:].tolist()


def gradients(family: Family, model: Model, loss: torch.Tensor) -> list[Golden]:
    """The family's chosen gradients, by the names that the file gives to the weights."""
    model.zero_grad()
    loss.backward()
    published = family.file(saved(model, {name: weight.grad for name, weight in model.named_parameters()
                                          if weight.grad is not None}))
    return [sample(name, published[name]) for name in family.grads]


def saved(model: Model, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """As save_pretrained writes them: the library splits and renames what it had fused and renamed on loading."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, state_dict={name: tensor.clone() for name, tensor in tensors.items()})
        return safetensors.torch.load_file(pathlib.Path(folder) / "model.safetensors")


def sample(name: str, gradient: torch.Tensor) -> Golden:
    """All of it up to 64 numbers; else 48 of them, 40 where it is no trifle (an embedding has one for few tokens)."""
    golden = dict(name=name, shape=list(gradient.shape), norm=gradient.double().norm().item())
    flat = gradient.flatten()
    require(golden["norm"] > 1e-4, f"hardly a gradient by {name}")
    if len(flat) <= 64:
        return golden | dict(values=flat.tolist())
    spread = numpy.random.default_rng(len(flat))
    weighty = (flat.abs() > golden["norm"] / 1000).nonzero()[:, 0].tolist()
    some = set(spread.choice(weighty, min(40, len(weighty)), replace=False).tolist())
    others = spread.choice(sorted(set(range(len(flat))) - some), 48 - len(some), replace=False).tolist()
    indices = sorted(some.union(others))
    return golden | dict(indices=indices, values=flat[indices].tolist())
