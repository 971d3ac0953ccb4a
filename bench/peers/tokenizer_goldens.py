"""Tokenizer goldens made by Hugging Face, and the check of what Athanor writes against it.

    pip install tokenizers transformers jinja2
    python tokenizer_goldens.py make ../../tokenizer/src/test/resources/golden
    python tokenizer_goldens.py check <folder with Athanor's tokenizer.json> <text file> <ids as JSON>

`make` trains a small tokenizer for each pattern on corpus.txt (one text a paragraph) with the peer's own trainer, and
writes its tokenizer.json and the ids of texts.json. `check` loads Athanor's files with tokenizers and transformers and
compares ids and the rendered chat template.
"""
import json
import os
import sys

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

MODERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def pre_tokenizer(name):
    if name == "gpt2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    pattern = MODERN % ("{1,3}" if name == "llama3" else "")
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def make(folder):
    corpus = open(os.path.join(folder, "corpus.txt"), encoding="utf-8", newline="").read().split("\n\n")
    texts = json.load(open(os.path.join(folder, "texts.json"), encoding="utf-8"))
    for name in ["gpt2", "llama3", "qwen2"]:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizer(name)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
        tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
            vocab_size=397, min_frequency=2, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
        tokenizer.add_special_tokens(SPECIAL)
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        tokenizer.save(os.path.join(folder, name, "tokenizer.json"))
        ids = [tokenizer.encode(t).ids for t in texts]
        json.dump(ids, open(os.path.join(folder, name, "ids.json"), "w"))


def check(folder, text_file, ids_file):
    from transformers import AutoTokenizer
    text = open(text_file, encoding="utf-8", newline="").read()
    ours = json.load(open(ids_file))
    raw = Tokenizer.from_file(os.path.join(folder, "tokenizer.json")).encode(text).ids
    auto = AutoTokenizer.from_pretrained(folder)
    print("tokenizers:", "identical" if raw == ours else "DIFFERENT", len(ours), "ids")
    print("transformers:", "identical" if auto(text)["input_ids"] == ours else "DIFFERENT", type(auto).__name__)
    print("decode:", "identical" if auto.decode(ours) == text else "DIFFERENT")
    turns = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "Hi."}]
    print(repr(auto.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)))


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
