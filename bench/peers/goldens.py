"""Tiny random checkpoints of every family, with what Hugging Face transformers makes of them, to hold the tests to.

    python -m venv peers && peers/bin/pip install torch==2.15.0 transformers==5.24.0 safetensors==0.8.0 pillow==13.0.0 \
        gguf==0.19.0
    peers/bin/python bench/peers/goldens.py                 # everything
    peers/bin/python bench/peers/goldens.py gpt2 llama-yarn # these checkpoints only
    peers/bin/python bench/peers/goldens.py images gguf     # the pictures, the quantised blocks

Under model/src/test/resources:
  checkpoints/<name>/  what save_pretrained writes, under the names that the published files use, and golden.json;
                       config.v4.json too where a configuration published before transformers 5 says the same otherwise
                       (rope_theta and rope_scaling; T5's tie_word_embeddings; Mamba-2's Infinity, which is no JSON)
  images/              small pictures and the pixels that the image processor of CLIP makes of them
  gguf/quants.json     blocks of every quantised type and their values

golden.json, by key (each number is an f32 in the fewest digits that give it back):
  ids, rows, logits   the input, and the logits at those positions of it; a classifier's logits are one row a text
  loss                the mean cross entropy, of the next token (decoders, LLaVA) or of `labels` (-100: none there);
                      a vision tower has no loss of its own: the sum of its pooled output times `probe`
  grads               the loss's gradient by a few weights, named as in the file: `norm` of all of it, and `values`, all
                      of them or those at the flat `indices`
  hidden_states       after the embedding and after each block, at the last position; the last has passed the final norm
                      (but a vision tower's has not)
  greedy              32 argmax tokens; found without a cache, and with it the same; the best logit wins by MARGIN
  decoder_ids         of encoder-decoders, to which `rows` and `logits` belong; `ids` are the encoder's
  padded              a text padded on the right (of two: number `text`), and its logits at `rows`
  router              of experts: `aux_loss` over all layers at once, where perfect balance gives the number of experts
                      of a token; `loss`, to which it is added times `coefficient`, and that loss's gradients
  within_context, greedy_cached   of dynamic NTK, see golden_kinds.extended_rope
  first_hidden, pooled            of classifiers: the encoder's first position, and its pooler's output
  encoder_last_hidden_state       at the last position
  pixel_values, first_image_feature   of LLaVA: pixels by channel, row, column; the first patch after the projector

Mamba runs on the library's step by step recurrence in PyTorch, Mamba-2 on its chunked one; neither needs a GPU kernel.
"""
import fnmatch
import importlib.metadata
import json
import math
import pathlib
import re
import shutil
import sys
from typing import Any, Callable

import numpy
import safetensors.torch
import torch
import transformers
from transformers import (
    BartConfig, BartForConditionalGeneration, BertConfig, BertForMaskedLM, BertForSequenceClassification,
    BertForTokenClassification,
    CLIPVisionConfig, CLIPVisionModel, Gemma2Config, Gemma2ForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig,
    LlamaForCausalLM, LlavaConfig, LlavaForConditionalGeneration, Mamba2Config, Mamba2ForCausalLM, MambaConfig,
    MambaForCausalLM, MistralConfig, MistralForCausalLM, MixtralConfig, MixtralForCausalLM, Qwen2Config,
    Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM, Qwen3MoeConfig, Qwen3MoeForCausalLM, RobertaConfig,
    RobertaForMaskedLM, RobertaForSequenceClassification, RobertaForTokenClassification, T5Config,
    T5ForConditionalGeneration, XLMRobertaConfig, XLMRobertaForTokenClassification)

import golden_gguf
import golden_images
from golden_kinds import (
    Family, Golden, Model, Unfit, Weights, causal, classify, classify_tokens, extended_rope, llava, masked, require,
    sequence_to_sequence, vision)

RESOURCES = pathlib.Path(__file__).parents[2] / "model/src/test/resources"
PINNED = {"torch": "2.15.0", "transformers": "5.24.0", "safetensors": "0.8.0", "pillow": "13.0.0", "gguf": "0.19.0"}
# The same golden in double precision is no further away.
FIRM = 2e-5


# ------------------------------------------------------------------------------------------ files as they are published

def renamed(pattern: str, replacement: str) -> Callable[[Weights], Weights]:
    return lambda weights: {re.sub(pattern, replacement, name): weight for name, weight in weights.items()}


def first_gpt2(weights: Weights) -> Weights:
    """As openai-community/gpt2 has them: without a prefix, and each layer's causal mask among them."""
    weights = renamed(r"^transformer\.", "")(weights)
    positions = weights["wpe.weight"].shape[0]
    masks = {name.replace("c_attn.bias", "bias"): torch.ones(1, 1, positions, positions).tril()
             for name in weights if name.endswith("c_attn.bias")}
    return weights | masks


def first_bert(weights: Weights) -> Weights:
    """As google-bert/bert-base-uncased has them: norms with TensorFlow's names."""
    return renamed(r"LayerNorm\.bias$", "LayerNorm.beta")(renamed(r"LayerNorm\.weight$", "LayerNorm.gamma")(weights))


# ------------------------------------------------------------------------------------------------------------- families

SMALL = dict(vocab_size=128, hidden_size=32, intermediate_size=72, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2)
LONG = SMALL | dict(max_position_embeddings=96)
DECODER = ("model.embed_tokens.weight", "model.layers.0.input_layernorm.weight",
           "model.layers.1.self_attn.k_proj.weight", "model.layers.1.mlp.down_proj.weight", "model.norm.weight")
BIASED = DECODER[:2] + ("model.layers.0.self_attn.k_proj.bias",) + DECODER[2:]
EXPERTS = SMALL | dict(vocab_size=96, intermediate_size=48, num_experts_per_tok=2, router_aux_loss_coef=0.02,
                       tie_word_embeddings=False)
ENCODER = dict(vocab_size=96, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
               max_position_embeddings=64, type_vocab_size=2)
ROBERTA = ENCODER | dict(max_position_embeddings=66, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2)
ENTITIES = dict(enumerate(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]))
T5 = dict(vocab_size=96, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, relative_attention_num_buckets=8,
          relative_attention_max_distance=20, decoder_start_token_id=0)
TOWER = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=24,
             patch_size=8)


def rope(kind: str, **more: Any) -> dict[str, Any]:
    """Llama with heads of 16, whose eight frequencies lie on all sides of the bands that YaRN and Llama 3 draw."""
    return SMALL | dict(head_dim=16, intermediate_size=48, tie_word_embeddings=False,
                        rope_parameters=dict(rope_type=kind, rope_theta=500.0, **more))


FAMILIES = {
    "gpt2": Family(causal, GPT2LMHeadModel, GPT2Config(
        vocab_size=96, n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2),
        ("transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.attn.c_attn.weight",
         "transformer.h.1.ln_2.bias", "transformer.h.1.mlp.c_proj.weight")),
    "gpt2-first": Family(causal, GPT2LMHeadModel, GPT2Config(
        vocab_size=96, n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2),
        ("wte.weight", "h.0.ln_1.weight", "h.1.attn.c_proj.bias", "h.1.mlp.c_fc.weight"), file=first_gpt2),
    "llama": Family(causal, LlamaForCausalLM, LlamaConfig(
        **SMALL, rms_norm_eps=1e-5, tie_word_embeddings=False), DECODER),
    "llama-linear": Family(causal, LlamaForCausalLM, LlamaConfig(**rope("linear", factor=4.0)), DECODER),
    "llama-dynamic": Family(extended_rope, LlamaForCausalLM, LlamaConfig(
        **rope("dynamic", factor=2.0) | dict(max_position_embeddings=32)), DECODER, length=40),
    "llama-yarn": Family(causal, LlamaForCausalLM, LlamaConfig(
        **rope("yarn", factor=2.0, original_max_position_embeddings=32)), DECODER),
    "llama-llama3": Family(causal, LlamaForCausalLM, LlamaConfig(
        **rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
        DECODER),
    "llama-bias": Family(causal, LlamaForCausalLM, LlamaConfig(
        **SMALL, attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
        BIASED + ("model.layers.1.mlp.gate_proj.bias",)),
    "mistral": Family(causal, MistralForCausalLM, MistralConfig(
        **LONG, sliding_window=8, tie_word_embeddings=False), DECODER, length=40),
    "qwen2": Family(causal, Qwen2ForCausalLM, Qwen2Config(
        **SMALL, rms_norm_eps=1e-6, tie_word_embeddings=True), BIASED),
    "qwen2-window": Family(causal, Qwen2ForCausalLM, Qwen2Config(
        **LONG, use_sliding_window=True, sliding_window=8, max_window_layers=1), BIASED, length=40),
    "qwen3": Family(causal, Qwen3ForCausalLM, Qwen3Config(
        **SMALL, head_dim=12, rms_norm_eps=1e-6, tie_word_embeddings=True,
        rope_parameters=dict(rope_type="default", rope_theta=1e6)),
        DECODER + ("model.layers.0.self_attn.q_norm.weight",), dtype=torch.bfloat16),
    "gemma2": Family(causal, Gemma2ForCausalLM, Gemma2Config(
        **LONG | dict(vocab_size=96, intermediate_size=48, num_hidden_layers=4), head_dim=8, query_pre_attn_scalar=24,
        attn_logit_softcapping=5.0, final_logit_softcapping=3.0, sliding_window=8),
        DECODER + ("model.layers.2.post_feedforward_layernorm.weight",), length=40),
    "mixtral": Family(causal, MixtralForCausalLM, MixtralConfig(**EXPERTS, num_local_experts=4),
        DECODER[:3] + ("model.layers.0.block_sparse_moe.gate.weight",
                       "model.layers.1.block_sparse_moe.experts.2.w1.weight",
                       "model.layers.1.block_sparse_moe.experts.3.w2.weight")),
    "qwen3_moe": Family(causal, Qwen3MoeForCausalLM, Qwen3MoeConfig(
        **EXPERTS, head_dim=8, moe_intermediate_size=24, num_experts=8, norm_topk_prob=True, decoder_sparse_step=1,
        mlp_only_layers=[]),
        DECODER[:3] + ("model.layers.0.mlp.gate.weight", "model.layers.1.mlp.experts.5.up_proj.weight",
                       "model.layers.1.mlp.experts.2.down_proj.weight")),
    "qwen3_moe-sparse": Family(causal, Qwen3MoeForCausalLM, Qwen3MoeConfig(
        **EXPERTS | dict(num_hidden_layers=4), head_dim=8, moe_intermediate_size=16, num_experts=8,
        norm_topk_prob=False, decoder_sparse_step=2, mlp_only_layers=[]),
        DECODER[:3] + ("model.layers.0.mlp.gate_proj.weight", "model.layers.1.mlp.gate.weight",
                       "model.layers.3.mlp.experts.5.gate_proj.weight")),
    "mamba": Family(causal, MambaForCausalLM, MambaConfig(
        vocab_size=96, hidden_size=32, state_size=8, num_hidden_layers=2, expand=2, conv_kernel=4, bos_token_id=1,
        eos_token_id=2, pad_token_id=0),
        ("backbone.embeddings.weight", "backbone.layers.0.mixer.A_log", "backbone.layers.0.mixer.dt_proj.bias",
         "backbone.layers.1.mixer.conv1d.weight", "backbone.layers.1.mixer.D", "backbone.norm_f.weight"), length=40),
    "mamba2": Family(causal, Mamba2ForCausalLM, Mamba2Config(
        vocab_size=96, hidden_size=32, state_size=8, num_hidden_layers=2, expand=2, conv_kernel=4, num_heads=8,
        head_dim=8, n_groups=2, chunk_size=16, bos_token_id=1, eos_token_id=2, pad_token_id=0),
        ("backbone.embeddings.weight", "backbone.layers.0.mixer.A_log", "backbone.layers.0.mixer.dt_bias",
         "backbone.layers.1.mixer.conv1d.weight", "backbone.layers.1.mixer.D", "backbone.layers.1.mixer.norm.weight"),
        length=40),
    "bert": Family(masked, BertForMaskedLM, BertConfig(**ENCODER),
        ("bert.embeddings.word_embeddings.weight", "bert.embeddings.token_type_embeddings.weight",
         "bert.encoder.layer.0.attention.self.query.weight", "bert.encoder.layer.1.output.LayerNorm.bias",
         "cls.predictions.transform.dense.weight", "cls.predictions.bias"), still=("attention.self.key.bias",)),
    "bert-first": Family(masked, BertForMaskedLM, BertConfig(**ENCODER),
        ("bert.embeddings.LayerNorm.gamma", "bert.encoder.layer.1.attention.output.LayerNorm.beta",
         "cls.predictions.transform.LayerNorm.gamma"), still=("attention.self.key.bias",), file=first_bert),
    "bert-classify": Family(classify, BertForSequenceClassification, BertConfig(**ENCODER, num_labels=3),
        ("bert.embeddings.position_embeddings.weight", "bert.encoder.layer.0.intermediate.dense.bias",
         "bert.pooler.dense.weight", "classifier.bias"), still=("attention.self.key.bias",)),
    "roberta": Family(masked, RobertaForMaskedLM, RobertaConfig(**ROBERTA),
        ("roberta.embeddings.word_embeddings.weight", "roberta.embeddings.position_embeddings.weight",
         "roberta.encoder.layer.1.attention.output.LayerNorm.weight", "lm_head.dense.weight", "lm_head.bias"),
        still=("attention.self.key.bias",)),
    "roberta-classify": Family(classify, RobertaForSequenceClassification, RobertaConfig(**ROBERTA, num_labels=3),
        ("roberta.embeddings.word_embeddings.weight", "roberta.encoder.layer.0.attention.self.value.bias",
         "classifier.dense.weight", "classifier.out_proj.bias"), still=("attention.self.key.bias",)),
    "bert-tokens": Family(classify_tokens, BertForTokenClassification, BertConfig(**ENCODER, id2label=ENTITIES),
        ("bert.embeddings.word_embeddings.weight", "bert.encoder.layer.1.output.dense.weight", "classifier.weight", "classifier.bias"),
        still=("attention.self.key.bias",)),
    "roberta-tokens": Family(classify_tokens, RobertaForTokenClassification, RobertaConfig(**ROBERTA, id2label=ENTITIES),
        ("roberta.embeddings.position_embeddings.weight", "classifier.weight", "classifier.bias"), still=("attention.self.key.bias",)),
    "xlm_roberta-tokens": Family(classify_tokens, XLMRobertaForTokenClassification, XLMRobertaConfig(**ROBERTA, id2label=ENTITIES),
        ("roberta.embeddings.position_embeddings.weight", "classifier.weight", "classifier.bias"), still=("attention.self.key.bias",)),
    "t5": Family(sequence_to_sequence, T5ForConditionalGeneration, T5Config(**T5, feed_forward_proj="relu"),
        ("shared.weight", "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
         "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
         "decoder.block.1.layer.1.EncDecAttention.k.weight", "decoder.final_layer_norm.weight"), gain=0.2),
    "t5-gated": Family(sequence_to_sequence, T5ForConditionalGeneration, T5Config(
        **T5, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        ("shared.weight", "encoder.block.1.layer.1.DenseReluDense.wi_0.weight",
         "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
         "decoder.block.1.layer.2.layer_norm.weight", "lm_head.weight"), gain=0.2),
    "bart": Family(sequence_to_sequence, BartForConditionalGeneration, BartConfig(
        vocab_size=96, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64,
        scale_embedding=True, forced_eos_token_id=None),
        ("model.shared.weight", "model.encoder.embed_positions.weight",
         "model.encoder.layers.0.self_attn_layer_norm.bias", "model.decoder.layers.1.encoder_attn.v_proj.weight",
         "model.decoder.layernorm_embedding.weight"),
        still=("attn.k_proj.bias",), gain=0.2),
    "clip_vision": Family(vision, CLIPVisionModel, CLIPVisionConfig(**TOWER),
        ("vision_model.embeddings.class_embedding", "vision_model.embeddings.patch_embedding.weight",
         "vision_model.pre_layrnorm.weight", "vision_model.encoder.layers.1.mlp.fc1.bias",
         "vision_model.post_layernorm.weight"), still=("self_attn.k_proj.bias",),
        file=renamed("^(?!vision_model)", "vision_model.")),
    "llava": Family(llava, LlavaForConditionalGeneration, LlavaConfig(
        vision_config=CLIPVisionConfig(**TOWER | dict(num_hidden_layers=3)),
        text_config=LlamaConfig(**SMALL | dict(vocab_size=96), tie_word_embeddings=False),
        image_token_index=95, projector_hidden_act="gelu", vision_feature_layer=-2,
        vision_feature_select_strategy="default", image_seq_length=9, tie_word_embeddings=False),
        ("vision_tower.vision_model.embeddings.patch_embedding.weight", "multi_modal_projector.linear_1.bias",
         "multi_modal_projector.linear_2.weight", "language_model.model.layers.1.input_layernorm.weight"), length=16,
        still=("vision_tower.*self_attn.k_proj.bias", "vision_tower.encoder.layers.2.*", "post_layernorm.*"),
        file=renamed(r"^vision_tower\.(?!vision_model)", "vision_tower.vision_model.")),
}


# ------------------------------------------------------------------------------------------------------------ the files

def randomise(model: Model, gain: float, random: torch.Generator) -> None:
    """Norms and biases away from one and nought, so that leaving one out shows; matrices large enough to mix."""
    if isinstance(model, T5ForConditionalGeneration) and not model.config.scale_decoder_outputs:
        # Since transformers 5 the class ties what T5 v1.1 has apart; a file that has both weights is read untied.
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
        model.all_tied_weights_keys.pop("lm_head.weight")
    embeddings = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=random)
            if weight.dim() == 1 or name.endswith("A_log"):
                weight.add_(noise * 0.3)
            else:
                weight.copy_(noise * (0.2 if id(weight) in embeddings else gain))
        if isinstance(model, BartForConditionalGeneration):
            # Normed after each block and read by the same embeddings, a decoder would repeat its last token for ever;
            # scaled tokens would drown their positions.
            model.model.decoder.embed_positions.weight.mul_(6)
            model.model.decoder.layers[-1].final_layer_norm.weight.mul_(torch.tensor([1.0, -1.0]).repeat(16))
            model.final_logits_bias.copy_(torch.randn(model.final_logits_bias.shape, generator=random) * 0.3)


def make(name: str, family: Family, seed: int) -> Golden:
    """Writes the checkpoint and returns its golden, or raises Unfit."""
    folder = RESOURCES / "checkpoints" / name
    torch.manual_seed(seed)
    model = family.model(family.config)
    randomise(model, family.gain, torch.Generator().manual_seed(seed))
    model.to(family.dtype).save_pretrained(folder)
    file = folder / "model.safetensors"
    safetensors.torch.save_file(family.file(safetensors.torch.load_file(file)), file, metadata=dict(format="pt"))
    # From the disk again: .to(bfloat16) also rounds the rotation's frequencies, which are no weights.
    model = load(family, folder, torch.float32)
    golden = family.kind(family, model, torch.Generator().manual_seed(seed + 1))
    every_weight_matters(family, model)
    exact = family.kind(family, load(family, folder, torch.float64), torch.Generator().manual_seed(seed + 1))
    require(distance(golden, exact) < FIRM, f"{distance(golden, exact)} from the same in double precision")
    return dict(transformers=transformers.__version__, torch=torch.__version__.split("+")[0], seed=seed, **golden)


def every_weight_matters(family: Family, model: Model) -> None:
    """A weight without a gradient would let a reader that forgets it pass."""
    for name, weight in model.named_parameters():
        still = any(fnmatch.fnmatch(name, "*" + pattern) for pattern in family.still)
        moves = weight.grad is not None and weight.grad.abs().max() > 1e-6
        require(moves != still, f"{name} {'matters' if still else 'does not matter'}")


def distance(one: Any, other: Any) -> float:
    """The largest difference of two goldens, relative to numbers above one; infinite if tokens or lengths differ."""
    match one:
        case dict():
            return max((distance(one[key], other[key]) for key in one), default=0)
        case list() if len(one) == len(other):
            return max((distance(x, y) for x, y in zip(one, other)), default=0)
        case float():
            return abs(one - other) / max(1, abs(other))
        case _:
            return 0 if one == other else math.inf


def load(family: Family, folder: pathlib.Path, dtype: torch.dtype) -> Model:
    return family.model.from_pretrained(folder, dtype=dtype, attn_implementation="eager",
                                        experts_implementation="eager").eval()


def older_config(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration as transformers 4 wrote it."""
    older = {key: older_config(value) if key.endswith("_config") else value for key, value in config.items()
             if key not in ("rope_parameters", "layer_types", "scale_decoder_outputs")}
    if "rope_parameters" in config:
        scaling = dict(config["rope_parameters"])
        older["rope_theta"] = scaling.pop("rope_theta")
        if scaling["rope_type"] in ("linear", "dynamic"):
            scaling["type"] = scaling.pop("rope_type")
        older["rope_scaling"] = None if scaling.get("rope_type") == "default" else scaling
    if "time_step_limit" in config:
        older["time_step_limit"] = [0.0, math.inf]
    if "scale_decoder_outputs" in config:
        older["tie_word_embeddings"] = config["scale_decoder_outputs"]
    return older


def write(folder: pathlib.Path, golden: Golden) -> None:
    """One key a line, each float in the fewest digits that give back its f32."""
    def short(value: Any) -> Any:
        match value:
            case dict():
                return {key: short(item) for key, item in value.items()}
            case list():
                return [short(item) for item in value]
            case float():
                return float(str(numpy.float32(value)))
            case _:
                return value
    lines = [f"{json.dumps(key)}: {json.dumps(short(value))}" for key, value in golden.items()]
    (folder / "golden.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def write_older_config(family: Family, folder: pathlib.Path) -> None:
    written = json.loads((folder / "config.json").read_text())
    older = older_config(written)
    if older == written:
        return
    older["torch_dtype"] = older.pop("dtype")
    del older["transformers_version"]
    (folder / "config.v4.json").write_text(json.dumps(older, indent=2) + "\n")
    now, then = (family.model.config_class.from_json_file(folder / file).to_dict()
                 for file in ("config.json", "config.v4.json"))
    for config in (then, then.get("text_config", {})):
        config.get("rope_parameters", {}).pop("type", None)
    differing = {key for key in now if now[key] != then.get(key)} - {"transformers_version"}
    assert not differing, f"{folder.name}: read from the older configuration, {differing} differ"


def checkpoint(name: str, family: Family) -> None:
    """The first seed that will do."""
    folder = RESOURCES / "checkpoints" / name
    shutil.rmtree(folder, ignore_errors=True)
    for seed in range(100):
        try:
            golden = make(name, family, seed)
            break
        except Unfit as unfit:
            print(f"{name}: seed {seed}: {unfit}")
    else:
        raise SystemExit(f"{name}: no seed will do")
    write(folder, golden)
    write_older_config(family, folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert size < 300_000, f"{name}: {size} bytes"
    print(f"{name}: {size} bytes, seed {golden['seed']}")


def main(names: list[str]) -> None:
    for package, version in PINNED.items():
        found = importlib.metadata.version(package)
        assert found.split("+")[0] == version, f"{package} {found} is installed; the goldens are of {version}"
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for name in names or [*FAMILIES, "images", "gguf"]:
        match name:
            case "images":
                golden_images.write(RESOURCES / "images")
            case "gguf":
                golden_gguf.write(RESOURCES / "gguf")
            case _:
                checkpoint(name, FAMILIES[name])


if __name__ == "__main__":
    main(sys.argv[1:])
