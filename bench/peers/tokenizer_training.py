"""Trains SentencePiece and Hugging Face tokenizers on the shared corpora and says how many bytes a token of theirs holds.

    pip install sentencepiece tokenizers
    python tokenizer_training.py corpora DATA OUT        # OUT/botchan.txt and OUT/zh.txt, a text a line
    python tokenizer_training.py peers OUT               # trains the peers, prints and writes OUT/training.json
    python tokenizer_training.py measure OUT/zh.txt tokenizers/mine/tokenizer.json   # bytes per token of ours, by `tokenizers`

Ours for the same comparison:

    athanor tokenizer train --lines --corpus OUT/zh.txt --vocab-size 8000 --model unigram --special '</s>' --no-byte-fallback \\
        --normalizer nfkc --collapse-whitespace --no-space-pieces --no-split-digits --output tokenizers/mine

OUT/training.json is tokenizer/src/test/resources/golden/training.json, which TokenizerTrainingTest is held against.
"""
import json
import os
import sys
import time

SIZES = {"botchan": 4000, "zh": 8000}


def corpora(data, out):
    os.makedirs(out, exist_ok=True)
    texts = {"botchan": open(os.path.join(data, "text/botchan.txt"), encoding="utf-8").read().split("\n"), "zh": []}
    for entry in json.load(open(os.path.join(data, "llamafactory/alpaca_zh_demo.json"), encoding="utf-8")):
        for key in ("instruction", "input", "output"):
            texts["zh"] += entry[key].split("\n")
    for name, lines in texts.items():
        with open(os.path.join(out, name + ".txt"), "w", encoding="utf-8", newline="") as file:
            file.writelines(line.strip("\r") + "\n" for line in lines if line.strip())


def lines_of(path):
    return open(path, encoding="utf-8", newline="").read().split("\n")[:-1]


def per_token(lines, encode):
    return sum(len(line.encode()) for line in lines) / sum(len(encode(line)) for line in lines)


def sentencepiece_peer(path, size, model, byte_fallback):
    import sentencepiece
    prefix = os.path.splitext(path)[0] + "-sp-" + model
    begun = time.time()
    sentencepiece.SentencePieceTrainer.train(
        input=path, model_prefix=prefix, vocab_size=size, model_type=model, normalization_rule_name="nfkc",
        byte_fallback=byte_fallback, bos_id=-1, eos_id=1, unk_id=0, num_threads=os.cpu_count(), minloglevel=2)
    seconds = time.time() - begun
    return sentencepiece.SentencePieceProcessor(model_file=prefix + ".model").encode, seconds


def hugging_face_peer(lines, size, model):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    counts = {}
    total = 0
    for line in lines:
        for c in line:
            counts[c] = counts.get(c, 0) + 1
            total += 1
    tokenizer = Tokenizer(models.Unigram() if model == "unigram" else models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(__import__("tokenizers").Regex("\\s+"), " "), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<unk>", "</s>"]
    if model == "unigram":
        trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>", show_progress=False)
    else:
        trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False, max_token_length=16)
    begun = time.time()
    tokenizer.train_from_iterator(lines, trainer)
    return (lambda text: tokenizer.encode(text).ids), time.time() - begun


def peers(out):
    golden = []
    for name, size in SIZES.items():
        path = os.path.join(out, name + ".txt")
        lines = lines_of(path)
        for model in ("unigram", "bpe"):
            for byte_fallback in (False, True):
                encode, seconds = sentencepiece_peer(path, size, model, byte_fallback)
                golden.append({"corpus": name, "peer": "sentencepiece", "model": model, "byte_fallback": byte_fallback,
                               "vocab_size": size, "bytes_per_token": round(per_token(lines, encode), 4)})
                print(golden[-1], "%.2f s" % seconds)
            encode, seconds = hugging_face_peer(lines, size, model)
            golden.append({"corpus": name, "peer": "tokenizers", "model": model, "byte_fallback": False,
                           "vocab_size": size, "bytes_per_token": round(per_token(lines, encode), 4)})
            print(golden[-1], "%.2f s" % seconds)
    json.dump(golden, open(os.path.join(out, "training.json"), "w"), indent=1)


def measure(corpus, tokenizer_file):
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(tokenizer_file)
    print("%.4f" % per_token(lines_of(corpus), lambda text: tokenizer.encode(text).ids), tokenizer.get_vocab_size())


if __name__ == "__main__":
    {"corpora": corpora, "peers": peers, "measure": measure}[sys.argv[1]](*sys.argv[2:])
