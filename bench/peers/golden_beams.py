"""Beam searches of Hugging Face's library, to which the engine's are held.

    pip install torch transformers
    python bench/peers/golden_beams.py

writes inference/src/test/resources/beams.json: for two of the tiny checkpoints, searches of several widths, length
penalties and stop tokens, with the texts that were found, best first. Made with transformers 5.24 and torch 2.15.
"""
import json
import pathlib

import torch
import transformers

ROOT = pathlib.Path(__file__).parents[2]
CHECKPOINTS = ROOT / "model/src/test/resources/checkpoints"
GOLDEN = ROOT / "inference/src/test/resources/beams.json"
# Scores nearer than this could be told apart otherwise by another order of sums.
MARGIN = 1e-4


def search(model, prompt, width, penalty, early, tokens, stop):
    found = model.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        num_beams=width,
        num_return_sequences=width,
        max_new_tokens=tokens,
        min_new_tokens=0,
        length_penalty=penalty,
        early_stopping=early,
        do_sample=False,
        eos_token_id=stop,
        pad_token_id=0,
        return_dict_in_generate=True,
        output_scores=True,
    )
    scores = found.sequences_scores.tolist()
    if any(a - b < MARGIN for a, b in zip(scores, scores[1:])):
        return None
    texts = []
    for sequence in found.sequences.tolist():
        text = sequence[len(prompt):]
        texts.append(text[: text.index(stop)] if stop in text else text[:tokens])
    return texts


def main():
    goldens = []
    for family in ("llama", "qwen2"):
        folder = CHECKPOINTS / family
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        generator = torch.Generator().manual_seed(7)
        size = model.config.vocab_size
        while sum(golden["family"] == family for golden in goldens) < 12:
            prompt = torch.randint(3, size, (int(torch.randint(4, 20, (1,), generator=generator)),), generator=generator).tolist()
            width = int(torch.randint(2, 6, (1,), generator=generator))
            penalty = [0.0, 0.7, 1.0, 2.0][int(torch.randint(4, (1,), generator=generator))]
            early = bool(torch.randint(2, (1,), generator=generator))
            tokens = int(torch.randint(4, 16, (1,), generator=generator))
            # A token that the greedy text soon comes to, so that texts end.
            greedy = model.generate(torch.tensor([prompt]), max_new_tokens=4, do_sample=False, eos_token_id=None, pad_token_id=0)
            stop = greedy[0, -1].item()
            texts = search(model, prompt, width, penalty, early, tokens, stop)
            if texts is not None:
                goldens.append(
                    {
                        "family": family,
                        "prompt": prompt,
                        "width": width,
                        "lengthPenalty": penalty,
                        "earlyStopping": early,
                        "tokens": tokens,
                        "stop": stop,
                        "texts": texts,
                    }
                )
    lines = ",\n".join(json.dumps(golden) for golden in goldens)
    GOLDEN.write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
