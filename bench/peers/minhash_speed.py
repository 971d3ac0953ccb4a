"""datasketch's MinHash, timed by bench/run MinHashSpeed, which starts this and talks to it.

    pip install datasketch

`minhash_speed.py DOCUMENTS.json PERMUTATIONS SHINGLE`: reads a JSON list of texts; for each line on standard input makes the signatures of
all of them once, and answers with the seconds and the number of shingles. "datasketch" is given each document's shingles at once
(`update_batch`), the fastest of its ways; "datasketch-hashing" is the part of that in datasketch itself, with the shingles made before.
Shingles are sets of words in a row, a word being a run of letters and digits or one Han character.
"""
import json
import re
import sys
import time

from datasketch import MinHash

TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")


def shingles(text, size):
    tokens = TOKEN.findall(text.lower())
    if len(tokens) < size:
        return {" ".join(tokens).encode()} if tokens else set()
    return {" ".join(tokens[i:i + size]).encode() for i in range(len(tokens) - size + 1)}


def signature(items, empty):
    minhash = empty.copy()
    if items:
        minhash.update_batch(items)
    return minhash


def main(documents, permutations, size):
    texts = json.load(open(documents, encoding="utf-8"))
    empty = MinHash(num_perm=permutations, seed=1)
    ready = [shingles(text, size) for text in texts]
    print("ready", flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        count = 0
        for i, text in enumerate(texts):
            items = shingles(text, size) if line.strip() == "datasketch" else ready[i]
            signature(items, empty)
            count += len(items)
        print(time.perf_counter() - begun, count, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
