"""Writes tiny random checkpoints of every family with the logits that Hugging Face transformers gives for them.

    pip install torch transformers safetensors
    python bench/peers/make_decoder_goldens.py model/src/test/resources/checkpoints

Each folder is a published checkpoint plus golden.json: ids, the logits after every id, and the greedy continuation.
The inference module's tests read the same folders.
"""
import json
import pathlib
import sys

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

COMMON = dict(vocab_size=128, hidden_size=32, intermediate_size=72, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2)
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig(**COMMON, rms_norm_eps=1e-5, tie_word_embeddings=False), torch.float32),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**COMMON, rms_norm_eps=1e-6, tie_word_embeddings=True), torch.float32),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**COMMON, head_dim=12, rms_norm_eps=1e-6, tie_word_embeddings=True),
              torch.bfloat16),
}
MODELS["qwen3"][1].rope_parameters = {"rope_type": "default", "rope_theta": 1e6}


def main(out: pathlib.Path) -> None:
    for seed, (name, (cls, config, dtype)) in enumerate(MODELS.items()):
        torch.manual_seed(seed)
        model = cls(config)
        with torch.no_grad():
            for parameter in model.parameters():
                # Norms and biases away from one and nought, so that leaving one out shows.
                if parameter.dim() == 1:
                    parameter.add_(torch.randn_like(parameter) * 0.3)
                else:
                    parameter.copy_(torch.randn_like(parameter) * 0.2)
        model = model.to(dtype)
        folder = out / name
        model.save_pretrained(folder)
        # From the disk again: .to(bfloat16) also rounds the rotation's frequencies, which are no weights.
        model = cls.from_pretrained(folder, dtype=torch.float32).eval()
        ids = torch.randint(0, config.vocab_size, (1, 24))
        with torch.no_grad():
            logits = model(ids).logits[0]
            greedy = ids
            for _ in range(16):
                greedy = torch.cat([greedy, model(greedy).logits[:, -1].argmax(-1, keepdim=True)], dim=1)
        golden = dict(transformers=transformers.__version__, torch=torch.__version__, ids=ids[0].tolist(),
                      logits=[[round(x, 6) for x in row] for row in logits[[0, 11, 23]].tolist()], rows=[0, 11, 23],
                      greedy=greedy[0, ids.shape[1]:].tolist())
        (folder / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
