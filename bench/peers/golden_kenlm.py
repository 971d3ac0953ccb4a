"""KenLM goldens: what `lmplz` trains on a small corpus, by the scores that KenLM gives to sentences, and what KenLM reads out of ARPA files.

    pip install kenlm
    python golden_kenlm.py ../../data/src/test/resources/golden/kenlm <folder with the programs lmplz and query>

The folder holds corpus.txt and sentences.txt (one sentence a line, words between blanks). scores.json gets, for each model, a list a
sentence of log10 probabilities, the last that of </s>; `small.arpa` is written by lmplz on the corpus's first lines, and `gaps.arpa`
(there already) lacks suffixes of its n-grams. lmplz and query are built from KenLM's sources: cmake .. && make lmplz query.
"""
import json
import os
import subprocess
import sys
import tempfile

import kenlm

MODELS = {
    "order 3": ["-o", "3"],
    "order 5": ["-o", "5"],
    "order 3 pruned": ["-o", "3", "--prune", "0", "0", "1"],
    "order 4 pruned": ["-o", "4", "--prune", "0", "1", "2"],
}


def scores(arpa, sentences):
    model = kenlm.Model(arpa)
    return [[round(p, 6) for p, _, _ in model.full_scores(sentence)] for sentence in sentences]


def main(folder, programs):
    read = lambda name: open(os.path.join(folder, name), encoding="utf-8").read()
    corpus = read("corpus.txt")
    sentences = read("sentences.txt").splitlines()
    out = {}
    for name, options in MODELS.items():
        train = subprocess.run([os.path.join(programs, "lmplz"), "-S", "200M", *options, "--discount_fallback"],
                               input=corpus.encode(), capture_output=True, check=True)
        if b"Substituting" in train.stderr:
            raise SystemExit("the corpus is too small for the discounts of '%s'" % name)
        arpa = os.path.join(tempfile.mkdtemp(), "golden.arpa")
        open(arpa, "wb").write(train.stdout)
        counts = [int(line.split(b"=")[1]) for line in train.stdout.splitlines()[1:9] if line.startswith(b"ngram ")]
        out[name] = {"counts": counts, "scores": scores(arpa, sentences)}
    small = subprocess.run([os.path.join(programs, "lmplz"), "-S", "200M", "-o", "3", "--discount_fallback"],
                           input="\n".join(corpus.splitlines()[:40]).encode() + b"\n", capture_output=True, check=True).stdout
    open(os.path.join(folder, "small.arpa"), "wb").write(small)
    out["small.arpa"] = {"scores": scores(os.path.join(folder, "small.arpa"), sentences)}
    if os.path.exists(os.path.join(folder, "gaps.arpa")):
        out["gaps.arpa"] = {"scores": scores(os.path.join(folder, "gaps.arpa"), sentences[-4:])}
    json.dump(out, open(os.path.join(folder, "scores.json"), "w"), separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
