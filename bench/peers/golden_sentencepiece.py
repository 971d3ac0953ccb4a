"""SentencePiece goldens: small models, and the ids and texts that SentencePiece itself makes of tricky texts.

    pip install sentencepiece
    python golden_sentencepiece.py ../../tokenizer/src/test/resources/golden/sentencepiece <folder with texts>

The folder holds botchan.txt (English), and the corpus adds Chinese, Japanese, code and marks from this file. Each model is
NAME.model; texts.json holds the texts; NAME.json the ids of each text and what decoding them gives.
"""
import json
import os
import sys

import sentencepiece as spm

CHINESE = "我来到北京清华大学。今天天气很好，我们去公园散步吧！语言模型把文字变成数字，再把数字变成文字。他说：“你好，世界。”"
CODE = "public static void main(String[] args) { int x = 1; if (x == 10) { return; } }\ndef f(a, b):\n    return a + b  # sum\n"
MARKS = "naïve café Zürich Ångström ﬁne ﬂow Ⅷ ㌔ ｱｲｳ ガギグ ①② ½ x² ＡＢＣ１２３ … ‥ ™ ℃"

TEXTS = [
    "", " ", "   ", "a", " a", "a ", "  a  b   c  ", "Hello, world!", "hello world hello", "I'm here; you're there.",
    "\n", "a\nb\n\nc", "a\tb\t\tc", "a\r\nb", "\u00a0nbsp\u00a0", "\u3000全角\u3000空格", "a\u200bb\u200dc\ufeffd", "\x00\x01ctrl\x1f\x7f",
    CHINESE, CHINESE * 3, CODE, MARKS, "1234567890 3.14 1,000,000", "2024年5月6日 12:34:56",
    "é e\u0301 ñ n\u0303 ü u\u0308 \u1e69 s\u0323\u0307 한국어 \u1112\u1161\u11ab\u1100\u116e\u11a8", "שלום עולם مرحبا بالعالم", "हिन्दी क्षत्रिय",
    "👍 👍🏽 👨‍👩‍👧‍👦 🇨🇳 🤷🏽‍♀️", "𝒜𝓁𝑔𝑒𝒷𝓇𝒶 𠀀𠀁", "aaaa aaaaa aaaaaaaaaaaaaaaa", "======== ---- ////", "▁ ▁▁ ▁a a▁b", "a▁ b▁ ▁", "<s> </s> <unk> <pad>",
    "<sep> a<sep>b <sep><sep> x<mask>y <mask", "<0x41> <0x0A>", "the the The THE tHe", "internationalization antidisestablishmentarianism",
    "\u2028line\u2029sep", "ＡＢＣ　ｄｅｆ", "ﬁ ﬀ ŉ ǰ ẞ İ ı", "ｶﾞｷﾞｸﾞ ﾊﾟ", "ÅÅ", "q̣̇", "٠١٢٣ ४५६", "\ue000\uf8ff private", "�", "x" * 300, "ab" * 200, "好" * 200,
]

# A handful of rules, so that the file stays small: what to replace, tab, by what, in code points.
RULES = "".join("%s\t%s\n" % tuple(" ".join("%X" % ord(c) for c in side) for side in rule) for rule in [
    ("\t", " "), ("\n", " "), ("\u3000", " "), ("é", "e"), ("e\u0301", "é"), ("ﬁ", "fi"), ("Ⅷ", "VIII"), ("㌔", "キロ"), ("\u200b", ""),
    ("\u1112\u1161\u11ab", "한"), ("<", "＜")])

MODELS = {
    "unigram": dict(model_type="unigram", vocab_size=1500, normalization_rule_name="nmt_nfkc"),
    "unigram_identity": dict(model_type="unigram", vocab_size=1500, normalization_rule_name="identity",
                             remove_extra_whitespaces=False, byte_fallback=True),
    "unigram_folded": dict(model_type="unigram", vocab_size=1200, normalization_rule_name="nmt_nfkc_cf",
                           user_defined_symbols=["<sep>", "<mask>"], pad_id=3),
    "unigram_plain": dict(model_type="unigram", vocab_size=1200, rules=RULES, add_dummy_prefix=False,
                          split_by_whitespace=False, split_digits=True),
    "bpe": dict(model_type="bpe", vocab_size=1500, rules=RULES),
    "bpe_llama": dict(model_type="bpe", vocab_size=1800, normalization_rule_name="identity", byte_fallback=True,
                      remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True),
    "bpe_symbols": dict(model_type="bpe", vocab_size=1200, rules=RULES, byte_fallback=True,
                        user_defined_symbols=["<sep>", "<mask>", "好吧"]),
    "char": dict(model_type="char", vocab_size=300, normalization_rule_name="identity"),
}


def main(folder, texts):
    os.makedirs(folder, exist_ok=True)
    english = open(os.path.join(texts, "botchan.txt"), encoding="utf-8").read().split("\n")[:1800]
    corpus = english + [CHINESE, MARKS] * 8 + CODE.split("\n") * 8 + TEXTS[19:24]
    json.dump(TEXTS, open(os.path.join(folder, "texts.json"), "w", encoding="utf-8"), ensure_ascii=True, indent=0)
    for name, options in MODELS.items():
        options = dict(options)
        if "rules" in options:
            with open(os.path.join(folder, "rules.tsv"), "w", encoding="utf-8") as rules:
                rules.write(options.pop("rules"))
            options["normalization_rule_tsv"] = rules.name
        spm.SentencePieceTrainer.train(
            sentence_iterator=iter(t for t in corpus if t.strip() and "\x00" not in t), model_prefix=os.path.join(folder, name),
            num_threads=1, minloglevel=2, character_coverage=0.9995, hard_vocab_limit=False, **options)
        os.remove(os.path.join(folder, name + ".vocab"))
        if "normalization_rule_tsv" in options:
            os.remove(options["normalization_rule_tsv"])
        processor = spm.SentencePieceProcessor(model_file=os.path.join(folder, name + ".model"))
        ids = [processor.encode(t) for t in TEXTS]
        golden = [{"ids": i, "unknown": processor.unk_id() in i, "text": processor.decode(i)} for i in ids]
        json.dump(golden, open(os.path.join(folder, name + ".json"), "w", encoding="utf-8"), ensure_ascii=True)
        print(name, processor.vocab_size(), sum(map(len, ids)), "ids")


if __name__ == "__main__":
    main(*sys.argv[1:])
