"""fastText goldens: small supervised models of every kind that is read, and what fastText says of texts.

    pip install fasttext-numpy2-wheel
    python golden_fasttext.py ../../data/src/test/resources/golden/fasttext

Writes NAME.bin with random weights (what a model was trained on does not matter here), quantised.ftz as fastText makes it of one of them,
texts.json, and NAME.json: for each text the probability that fastText gives to each label.
"""
import json
import os
import random
import struct
import sys

import fasttext

WORDS = {
    "__label__food": "rice noodles soup salt pepper dinner kitchen cook bread 米饭 面条 汤 厨房 好吃 辣椒".split(),
    "__label__sport": "ball goal team match player score run swim coach 足球 比赛 球队 跑步 游泳 教练".split(),
    "__label__music": "song piano guitar melody concert sing drum rhythm 歌曲 钢琴 吉他 音乐会 唱歌".split(),
}
COMMON = "the a of and is in to we 的 了 在 我们 今天 很".split()
TEXTS = [
    "we cook rice in the kitchen", "the team won the match", "a song and a piano", "今天 我们 在 厨房 面条", "足球 比赛 很", "", "   ", "unknownword",
    "kitchens pianos players", "钢琴音乐会 足球队", "the the the", "naïve café 𝒜𝓁 👍🏽 rhythm", "__label__food ball", "a\tb\vc\fd soup\r",
    "ball " * 50 + "rice", "Rice RICE rice", "x" * 300,
]
MODELS = {
    "softmax": dict(loss=3, word_ngrams=1, minn=0, maxn=0, bucket=0),
    "ngrams": dict(loss=3, word_ngrams=3, minn=2, maxn=4, bucket=300),
    "tree": dict(loss=1, word_ngrams=2, minn=0, maxn=0, bucket=200),
    "ova": dict(loss=4, word_ngrams=1, minn=3, maxn=3, bucket=200),
}
DIM = 8
COUNTS = {"__label__sport": 750, "__label__food": 500, "__label__music": 250, "__label__旅行": 240, "__label__art": 20}


def write(path, rng, loss, word_ngrams, minn, maxn, bucket):
    """A supervised model of random weights, in the layout of fastText's version 12."""
    words = [("</s>", 1000)] + [(w, 500 - i) for i, w in enumerate(COMMON + sorted(set(sum(WORDS.values(), []))))]
    labels = sorted(COUNTS.items(), key=lambda entry: -entry[1])
    with open(path, "wb") as out:
        out.write(struct.pack("<2i", 793712314, 12))
        out.write(struct.pack("<12i", DIM, 5, 5, 1, 5, word_ngrams, loss, 3, bucket, minn, maxn, 100) + struct.pack("<d", 1e-4))
        out.write(struct.pack("<3i2q", len(words) + len(labels), len(words), len(labels), 20000, -1))
        for kind, entries in enumerate([words, labels]):
            for text, count in entries:
                out.write(text.encode() + b"\0" + struct.pack("<qb", count, kind))
        out.write(struct.pack("<?2q", False, len(words) + bucket, DIM))
        out.write(struct.pack("<%df" % ((len(words) + bucket) * DIM), *[rng.gauss(0, 2) for _ in range((len(words) + bucket) * DIM)]))
        out.write(struct.pack("<?2q", False, len(labels), DIM))
        out.write(struct.pack("<%df" % (len(labels) * DIM), *[rng.gauss(0, 1) for _ in range(len(labels) * DIM)]))


def predictions(model):
    out = []
    for text in TEXTS:
        pairs = model.f.predict(text + "\n", 10, 0.0, "strict")
        out.append({label: round(p, 6) for p, label in pairs})
    return out


def main(folder):
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(1)
    json.dump(TEXTS, open(os.path.join(folder, "texts.json"), "w"))
    keep = lambda name, model: json.dump(predictions(model), open(os.path.join(folder, name + ".json"), "w"), indent=0, sort_keys=True)
    for name, options in MODELS.items():
        path = os.path.join(folder, name + ".bin")
        write(path, rng, **options)
        model = fasttext.load_model(path)
        keep(name, model)
        if name == "ngrams":
            model.quantize(input="", qout=False, qnorm=True, cutoff=300, retrain=False, dsub=3, verbose=0)
            model.save_model(os.path.join(folder, "quantised.ftz"))
            keep("quantised", fasttext.load_model(os.path.join(folder, "quantised.ftz")))


if __name__ == "__main__":
    main(*sys.argv[1:])
