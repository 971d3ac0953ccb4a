"""Tokenizers of the published kinds, made small by Hugging Face's `tokenizers`, with what it does to tricky texts.

    pip install tokenizers sentencepiece
    python golden_tokenizers.py ../../tokenizer/src/test/resources/golden

For every kind it writes golden/pipeline/<kind>.json: the tokenizer.json and, for each text of pipeline/texts.json, the ids
(names of special tokens standing for them, and not), where each token stands (in code points), the ids and types with
what the post-processor puts around one text and around two, and the text that the ids decode to.
"""
import json
import os
import sys

import sentencepiece
from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers,
                        processors, trainers)

BYTES = ["<0x%02X>" % b for b in range(256)]
TEXTS = [
    "", " ", "  ", "a", "Hello, world!", " Hello  world ", "\tTabs\tand\n\nnew lines\r\nend\r", "It's they'll WE'RE don't",
    "The quick brown fox, jumps over 13 lazy dogs.", "1234567 3.14 ١٢٣ Ⅷ ½ ² ①", "price: $5.00 + €3 = ¥12^2 `x` ~y~ |z|",
    "你好，世界！今天天气很好。", "混合mixed中文text文字", "日本語のテキスト、カタカナとー。", "한국어 텍스트", "ภาษาไทยง่าย", "हिन्दी भाषा में क्षत्रिय",
    "עברית ושלום עולם", "اللغة العربية ١٢٣", "\u202bRTL\u202c mark\u200f", "Ünïcödé naïve café", "cafe\u0301 e\u0301\u0323 a\u0323\u0301\u0302",
    "\u1e9b\u0323 \u01c4 \u0130I\u0131i \ufb01\ufb02 ﬃ", "ÅÅÅ \u212b \u2126 \uac00\u1100\u1161\u11a8", "ｆｕｌｌ　ｗｉｄｔｈ １２３ ｶﾞ", "ß ẞ ŉ Σς Ͱ",
    "👍🏽 👩‍👩‍👧‍👦 🇩🇪🇫🇷 ❤️ ☺", "emoji👍inside🎉text", "zero\u200bwidth\u200cjoin\u200der\ufeff", "soft\u00adhyphen nbsp\u00a0thin\u2009em\u2003",
    "null\u0000ctl\u0001\u0007\u001f\u007f\u0085\u009f", "\ufffd\ufffe?", "\u2028line\u2029para", "▁meta▁space ▁▁", "a▁b _c_ __init__",
    "<s>bos</s> <unk> <pad>", "x[MASK]y [MASK] z [CLS][SEP]", "<|endoftext|> inside <|im_start|>", "<0x41> <0xE4>", "##ing #hash ##",
    "foo-bar_baz--qux", "e.g. i.e. U.S.A. a.b.c", "https://example.com/a?b=c&d=%20#e", "def f(x):\n    return x**2  # ok\n",
    "{\"json\": [1, 2.5, null], 'k': true}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ababababcabcabcabc",
    "word" * 30, "longunknownwordthatnobodyhaseverseenbeforeinanytextxyzzyqqq", "x" * 120, "Mr. O'Neil said: \"don't!\" — 'tis…",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𠀀𪜀", "combining ̀alone \u0301\u0302start", "tokentokens tokenized TokEn", "  lead and trail  ", "\n", "\n\n\n", "   \n  x",
    "mask<mask> mask <mask>  mask<mask>s", "new_word new_words anew_word new_word.", "Special SPECIAL special", "a  <ent>  b <ent>c", "été ÉTÉ e\u0301te\u0301",
    "low  lstrip\t<l>x  <r>  y<r>z <lr>  w", "ab12cd34,56;78", "αβγ где Привет", "ক্ষ ণ্ড", "①②③ ㈠ ㍿ ℃", "ⅳ Ⅳ ™ © ®",
    "t e s t", "…。、！？", "\u3000全角\u3000空格", "１＋１＝２", "tab\there", "end with space ", "A\u030aB\u030a", "\ud55c\u1112\u1161\u11ab"]
PAIRS = [("Hello, world!", "It's me."), ("", "b"), ("你好", "世界 ok"), ("a [SEP] b", " c ")]


def corpus(folder):
    text = open(os.path.join(folder, "corpus.txt"), encoding="utf-8", newline="").read()
    return text.split("\n\n") + TEXTS[:45] * 2 + ["the low lower lowest newer wider token tokens tokenized unhappily running"] * 8


def charsmap(rule):
    """precompiled_charsmap is field 2 of the normalizer's spec, which is field 3 of the model."""
    def fields(data):
        at = 0
        def varint():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value
        while at < len(data):
            key = varint()
            kind = key & 7
            if kind == 0:
                yield key >> 3, varint()
            elif kind == 2:
                size = varint()
                yield key >> 3, data[at:at + size]
                at += size
            else:
                size = {1: 8, 5: 4}[kind]
                yield key >> 3, data[at:at + size]
                at += size
    proto = sentencepiece.SentencePieceNormalizer(rule_name=rule).serialized_model_proto()
    spec = dict(fields(dict(fields(proto))[3]))
    return spec[2]


def byte_alphabet():
    return pre_tokenizers.ByteLevel.alphabet()


def trained(tokenizer, trainer, texts):
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def bpe(texts, size, pre, normalizer=None, special=(), alphabet=(), limit=None, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre
    options = dict(vocab_size=size, special_tokens=list(special), initial_alphabet=list(alphabet), show_progress=False)
    for key in ("continuing_subword_prefix", "end_of_word_suffix"):
        if key in model:
            options[key] = model[key]
    if limit is not None:
        options["limit_alphabet"] = limit
    return trained(tokenizer, trainers.BpeTrainer(**options), texts)


def bert(texts, lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trained(tokenizer, trainers.WordPieceTrainer(
        vocab_size=450, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], limit_alphabet=180, show_progress=False), texts)
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=lowercase)
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)],
    ) if lowercase else processors.BertProcessing(("[SEP]", sep), ("[CLS]", cls))
    return tokenizer


def roberta(texts, prefix):
    tokenizer = bpe(texts, 420, pre_tokenizers.ByteLevel(add_prefix_space=prefix), special=["<s>", "<pad>", "</s>", "<unk>"],
                    alphabet=byte_alphabet())
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=prefix)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def changed(tokenizer, change):
    tree = json.loads(tokenizer.to_str())
    change(tree)
    return Tokenizer.from_str(json.dumps(tree))


def llama(texts, normalized):
    tokenizer = bpe(texts, 700, pre_tokenizers.Metaspace(prepend_scheme="always"), special=["<unk>", "<s>", "</s>"] + BYTES,
                    limit=120, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])

    def change(tree):
        tree["added_tokens"] = tree["added_tokens"][:3]
        if normalized:
            for token in tree["added_tokens"]:
                token["normalized"] = True
            tree["normalizer"] = {"type": "Sequence", "normalizers": [
                {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
            tree["pre_tokenizer"] = None
        else:
            tree["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
            tree["model"]["ignore_merges"] = True
    return changed(tokenizer, change)


def unigram(texts, size, special, normalizer, pre, unk="<unk>"):
    tokenizer = Tokenizer(models.Unigram())
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre
    trained(tokenizer, trainers.UnigramTrainer(
        vocab_size=size, special_tokens=special, unk_token=unk, show_progress=False), texts)
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def xlmr(texts, precompiled):
    tokenizer = unigram(texts, 400, ["<s>", "<pad>", "</s>", "<unk>"], normalizers.Precompiled(precompiled),
                        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def t5(texts):
    tokenizer = unigram(texts, 380, ["<pad>", "</s>", "<unk>"],
                        normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]),
                        pre_tokenizers.Metaspace(prepend_scheme="always"))
    tokenizer.add_special_tokens(["<extra_id_%d>" % i for i in range(3)])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return tokenizer


def unigram_bytes(texts):
    tokenizer = unigram(texts, 330, ["<unk>", "<s>", "</s>"], None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False))

    def change(tree):
        known = {token for token, _ in tree["model"]["vocab"]}
        tree["model"]["vocab"] = tree["model"]["vocab"][:3] + [[b, 0.0] for b in BYTES if b not in known] + tree["model"]["vocab"][3:120]
        tree["model"]["byte_fallback"] = True
        tree["decoder"] = {"type": "Sequence", "decoders": [
            {"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}]}
    return changed(tokenizer, change)


def clip(texts):
    pattern = r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""
    tokenizer = bpe(texts, 700, pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]),
        normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]),
        special=["<|startoftext|>", "<|endoftext|>"], alphabet=byte_alphabet(), end_of_word_suffix="</w>", unk_token="<|endoftext|>")
    tokenizer.post_processor = processors.RobertaProcessing(("<|endoftext|>", 1), ("<|startoftext|>", 0), trim_offsets=False, add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def openai_gpt(texts):
    tokenizer = bpe(texts, 420, pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer(lowercase=True), special=["<unk>"],
                    limit=100, end_of_word_suffix="</w>", unk_token="<unk>")
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    return tokenizer


def word_level(texts):
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return trained(tokenizer, trainers.WordLevelTrainer(vocab_size=260, special_tokens=["[UNK]", "[PAD]"], show_progress=False), texts)


def neox(texts):
    tokenizer = bpe(texts, 420, pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True), normalizers.NFC(),
                    special=["<|endoftext|>", "<|padding|>"], alphabet=byte_alphabet())
    tokenizer.add_tokens([AddedToken(" " * n, normalized=True) for n in range(4, 1, -1)])
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def deepseek(texts):
    steps = [Regex("[\r\n]"), Regex(r"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-Ֆ]+"),
             Regex(r"\s?[!-/:-~！-／：-～‘-‟　-。]+"), Regex(r"\s+$"), Regex("[一-龥ࠀ-一가-퟿]+")]
    tokenizer = bpe(texts, 420, pre_tokenizers.Sequence(
        [pre_tokenizers.Split(step, "isolated") for step in steps]
        + [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
        special=["<|endoftext|>"], alphabet=byte_alphabet())
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def digits(texts):
    tokenizer = bpe(texts, 380, pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.Punctuation("contiguous")]),
        normalizers.NFKD(), special=["<unk>"], limit=90, unk_token="<unk>", fuse_unk=True)
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def scripts(texts):
    return unigram(texts, 330, ["<unk>"], normalizers.Nmt(),
                   pre_tokenizers.Sequence([pre_tokenizers.UnicodeScripts(), pre_tokenizers.Metaspace(prepend_scheme="never")]))


def added(texts):
    tokenizer = bpe(texts, 400, pre_tokenizers.ByteLevel(add_prefix_space=True), normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]),
                    alphabet=byte_alphabet())
    tokenizer.add_tokens([
        AddedToken("new_word", single_word=True), AddedToken("Special", normalized=True), AddedToken("<ent>", lstrip=True, rstrip=True),
        AddedToken("<l>", lstrip=True, normalized=False), AddedToken("<r>", rstrip=True, normalized=False),
        AddedToken("<lr>", lstrip=True, rstrip=True, normalized=False), AddedToken("ﬁ", normalized=True), AddedToken("token", normalized=False),
        AddedToken("tokens", normalized=False, single_word=True)])
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, normalized=False), AddedToken("<s>"), "<|im_start|>"])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True, add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def continuing(texts):
    tokenizer = bpe(texts, 500, pre_tokenizers.CharDelimiterSplit(" "), normalizers.Strip(), special=["[UNK]"], limit=100,
                    continuing_subword_prefix="##", unk_token="[UNK]", fuse_unk=False)
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return tokenizer


def splits(texts):
    tokenizer = bpe(texts, 380, pre_tokenizers.Sequence([
        pre_tokenizers.Split("-", "merged_with_previous"), pre_tokenizers.Split(Regex("[,.]"), "merged_with_next"),
        pre_tokenizers.Split(Regex(r"\s"), "contiguous"), pre_tokenizers.Split(Regex(r"\w+"), "merged_with_previous", invert=True),
        pre_tokenizers.FixedLength(7), pre_tokenizers.Punctuation("removed")]),
        normalizers.Replace(Regex(r"(?<=\d),(?=\d)"), ""), special=["<unk>"], unk_token="<unk>", limit=150)
    tokenizer.decoder = decoders.Sequence([decoders.Replace(Regex("[aeiou]+"), "_"), decoders.Strip("t", 0, 1)])
    return tokenizer


def bytes_normalized(texts):
    tokenizer = bpe(texts, 420, pre_tokenizers.Split(Regex(r"Ġ?[^Ġ]+"), "isolated"), normalizers.Sequence([normalizers.NFD(), normalizers.ByteLevel()]),
                    alphabet=byte_alphabet())
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def ctc(texts):
    vocab = {token: i for i, token in enumerate(["<pad>", "<s>", "</s>", "<unk>", "|"] + list("etaonihsrdlumwcfgypbvkxjqz'"))}
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(" ", "|")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.FixedLength(1)
    tokenizer.decoder = decoders.CTC(pad_token="<pad>", word_delimiter_token="|", cleanup=True)
    return tokenizer


def offsets(encoding):
    return [[s for s, _ in encoding.offsets], [e for _, e in encoding.offsets]]


def without(tokenizer, ids, special):
    """skip_special_tokens; some versions of the library keep a special token there whose normalized name is another."""
    kept = [i for i in ids if i not in special]
    return tokenizer.decode(kept, skip_special_tokens=False) if kept else ""


def record(tokenizer):
    tokenizer.no_truncation()
    special = {i for i, token in tokenizer.get_added_tokens_decoder().items() if token.special}
    rows = []
    for text in TEXTS:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        framed = tokenizer.encode(text)
        tokenizer.encode_special_tokens = True
        plain = tokenizer.encode(text, add_special_tokens=False)
        tokenizer.encode_special_tokens = False
        rows.append({
            "ids": encoding.ids, "tokens": encoding.tokens, "offsets": offsets(encoding), "plain": plain.ids if plain.ids != encoding.ids else None,
            "plainOffsets": offsets(plain) if plain.ids != encoding.ids else None, "framed": framed.ids, "types": framed.type_ids,
            "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False) if encoding.ids else "",
            "skipped": without(tokenizer, framed.ids, special) if encoding.ids else ""})
    pairs = []
    for a, b in PAIRS:
        encoding = tokenizer.encode(a, b)
        pairs.append({"ids": encoding.ids, "types": encoding.type_ids})
    return rows, pairs


def main(folder):
    texts = corpus(folder)
    out = os.path.join(folder, "pipeline")
    os.makedirs(out, exist_ok=True)
    json.dump({"texts": TEXTS, "pairs": PAIRS}, open(os.path.join(out, "texts.json"), "w"))
    kinds = {
        "bert-uncased": lambda: bert(texts, True), "bert-cased": lambda: bert(texts, False), "roberta": lambda: roberta(texts, False),
        "roberta-prefix": lambda: roberta(texts, True), "llama-prepend": lambda: llama(texts, True), "llama-first": lambda: llama(texts, False),
        "xlmr": lambda: xlmr(texts, charsmap("nmt_nfkc")), "t5": lambda: t5(texts), "unigram-bytes": lambda: unigram_bytes(texts),
        "clip": lambda: clip(texts), "openai-gpt": lambda: openai_gpt(texts), "word-level": lambda: word_level(texts), "neox": lambda: neox(texts),
        "deepseek": lambda: deepseek(texts), "digits": lambda: digits(texts), "scripts": lambda: scripts(texts), "added": lambda: added(texts),
        "continuing": lambda: continuing(texts), "splits": lambda: splits(texts), "bytes-normalized": lambda: bytes_normalized(texts), "ctc": lambda: ctc(texts)}
    for name, make in kinds.items():
        tokenizer = make()
        rows, pairs = record(tokenizer)
        tree = {"tokenizer": json.loads(tokenizer.to_str()), "texts": rows, "pairs": pairs}
        json.dump(tree, open(os.path.join(out, name + ".json"), "w"), ensure_ascii=True, separators=(",", ":"))
        print(name, tokenizer.get_vocab_size(), sum(len(row["ids"]) for row in rows))


if __name__ == "__main__":
    main(sys.argv[1])
