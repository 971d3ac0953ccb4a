"""Writes a BERT for names of the published base's size, its weights random: to measure what such a model costs, not what it finds.

    python bench/peers/random_ner.py FOLDER TEXT...

The vocabulary (WordPiece, 28,996 tokens as bert-base-cased) is learnt from the beginnings of the texts, so that they are cut into about
as many tokens as a published model cuts them into. Needs torch, transformers and tokenizers.
"""
import pathlib
import sys

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

folder = pathlib.Path(sys.argv[1])
texts = [open(path, encoding="utf-8", errors="ignore").read(3_000_000) for path in sys.argv[2:]]
t = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
t.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
t.train_from_iterator((line for text in texts for line in text.splitlines()), trainers.WordPieceTrainer(
    vocab_size=28996, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
t.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
labels = ["O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
torch.manual_seed(1)
BertForTokenClassification(BertConfig(vocab_size=28996, id2label=dict(enumerate(labels)), label2id={l: i for i, l in enumerate(labels)})
                           ).save_pretrained(folder)
PreTrainedTokenizerFast(tokenizer_object=t, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
                        mask_token="[MASK]").save_pretrained(folder)
