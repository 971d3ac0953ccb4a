"""Hugging Face's tokenizers, tiktoken and SentencePiece, timed by bench/run TokenizerSpeed, which starts this and talks to it.

    pip install tokenizers tiktoken sentencepiece

Encoding: `tokenizer_speed.py encode TOKENIZER_FOLDER DOCUMENTS.json` reads the folder's byte-level tokenizer.json into both libraries, and
for each line "hf", "tiktoken", "hf-batch" or "tiktoken-batch" on standard input encodes all documents (a JSON list of texts) once, and
answers with the seconds and the number of tokens. What has "-batch" may use all cores.

Training: `tokenizer_speed.py train hf|sp byte-bpe|bpe|unigram CORPUS VOCABULARY OUT` trains once and ends: the whole process is what is timed.
"""
import json
import os
import sys
import time

BYTES = [*range(33, 127), *range(161, 173), *range(174, 256)]


def byte_of_char():
    chars = {chr(b): b for b in BYTES}
    others = [b for b in range(256) if b not in BYTES]
    chars.update({chr(256 + i): b for i, b in enumerate(others)})
    return chars


def encoders(folder):
    import tiktoken
    from tokenizers import Tokenizer
    path = os.path.join(folder, "tokenizer.json")
    hf = Tokenizer.from_file(path)
    spec = json.load(open(path, encoding="utf-8"))
    patterns = [s["pattern"]["Regex"] for s in spec["pre_tokenizer"].get("pretokenizers", []) if s["type"] == "Split"]
    of = byte_of_char()
    special = {t["content"] for t in spec["added_tokens"]}
    ranks = {bytes(of[c] for c in token): i for token, i in spec["model"]["vocab"].items() if token not in special}
    tik = tiktoken.Encoding("own", pat_str=patterns[0], mergeable_ranks=ranks, special_tokens={})
    return {
        "hf": lambda docs: [hf.encode(d, add_special_tokens=False).ids for d in docs],
        "hf-batch": lambda docs: [e.ids for e in hf.encode_batch_fast(docs, add_special_tokens=False)],
        "tiktoken": lambda docs: [tik.encode_ordinary(d) for d in docs],
        "tiktoken-batch": lambda docs: tik.encode_ordinary_batch(docs, num_threads=os.cpu_count()),
    }


def serve(folder, documents):
    docs = json.load(open(documents, encoding="utf-8"))
    known = encoders(folder)
    print("ready", flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        tokens = sum(map(len, known[line.strip()](docs)))
        print(time.perf_counter() - begun, tokens, flush=True)


def train(peer, model, corpus, size, out):
    if peer == "sp":
        import sentencepiece
        sentencepiece.SentencePieceTrainer.train(
            input=corpus, model_prefix=out, vocab_size=size, model_type=model, normalization_rule_name="identity", byte_fallback=True,
            num_threads=os.cpu_count(), max_sentence_length=1 << 20, minloglevel=2, train_extremely_large_corpus=True)
        return
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    if model == "byte-bpe":
        pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
                   r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=size, min_frequency=2, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
            special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    else:
        kind = models.Unigram if model == "unigram" else models.BPE
        tokenizer = Tokenizer(kind())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = (trainers.UnigramTrainer(vocab_size=size, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
                   if model == "unigram" else trainers.BpeTrainer(vocab_size=size, min_frequency=2, show_progress=False))
    tokenizer.train([corpus], trainer)
    tokenizer.save(out + ".json")


if __name__ == "__main__":
    if sys.argv[1] == "encode":
        serve(sys.argv[2], sys.argv[3])
    else:
        train(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6])
