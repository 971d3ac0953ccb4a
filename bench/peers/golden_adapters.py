"""Tiny random LoRA adapters over the tiny checkpoints, with what the published peft library makes of both together.

    peers/bin/pip install peft==0.21.2        # beside what goldens.py needs
    peers/bin/python bench/peers/golden_adapters.py

peft takes no out_proj of Mamba: the library's fused kernels pass its module by.

Under model/src/test/resources/adapters/<base>: what save_pretrained writes (without its README), and golden.json:
  ids, rows, logits   the input, and the logits at those positions of it
  greedy              16 argmax tokens after it
"""
import json
import pathlib

import peft
import torch
import transformers

RESOURCES = pathlib.Path(__file__).parents[2] / "model/src/test/resources"

CONFIGS = {
    "llama": dict(r=4, lora_alpha=10, target_modules=["q_proj", "v_proj", "down_proj"], use_rslora=True,
                  rank_pattern={"v_proj": 6}, alpha_pattern={r"layers\.1\.mlp\.down_proj": 3}),
    "mistral": dict(r=3, lora_alpha=6, target_modules=["k_proj", "o_proj"], layers_to_transform=[1]),
    "qwen2": dict(r=8, lora_alpha=16, target_modules="all-linear"),
    "qwen3": dict(r=2, lora_alpha=8, target_modules=r".*\.layers\.\d+\.mlp\.(gate|up)_proj"),
    "gemma2": dict(r=20, lora_alpha=20, target_modules="all-linear"),
    "gpt2": dict(r=5, lora_alpha=7, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True),
    "mixtral": dict(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]),
    "mamba": dict(r=4, lora_alpha=8, target_modules=["in_proj", "x_proj"]),
    "mamba2": dict(r=4, lora_alpha=8, target_modules=["in_proj"]),
}


def make(base: str, options: dict) -> None:
    torch.manual_seed(sum(base.encode()))
    model = transformers.AutoModelForCausalLM.from_pretrained(
        RESOURCES / "checkpoints" / base, dtype=torch.float32, attn_implementation="eager")
    adapted = peft.get_peft_model(model, peft.LoraConfig(**options)).eval()
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_" in name:
                parameter.normal_(0, 0.4 / parameter.shape[1] ** 0.5)
    folder = RESOURCES / "adapters" / base
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = f"tiny/{base}"
    config["target_modules"] = sorted(config["target_modules"]) if isinstance(config["target_modules"], list) else config["target_modules"]
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
    ids = torch.randint(0, model.config.vocab_size, (1, 13))
    with torch.no_grad():
        logits = adapted(input_ids=ids, use_cache=False).logits[0]
        greedy, seen = [], ids
        for _ in range(16):
            greedy.append(adapted(input_ids=seen, use_cache=False).logits[0, -1].argmax().item())
            seen = torch.cat([seen, torch.tensor([[greedy[-1]]])], dim=1)
    rows = [0, 6, 12]
    golden = {
        "ids": ids[0].tolist(),
        "rows": rows,
        "logits": [[float(f"{x:.9g}") for x in logits[row].tolist()] for row in rows],
        "greedy": greedy,
    }
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    for base, options in CONFIGS.items():
        print(base)
        make(base, options)
