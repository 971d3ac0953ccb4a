"""Goldens of the rules of quality: what datatrove's filters of Gopher, C4 and FineWeb measure and decide.

    pip install datatrove==0.10.1 numpy
    python golden_quality.py ../../../shared/data/llamafactory/c4_demo.jsonl ../../data/src/test/resources/golden/quality.json

The filters give verdicts, not measures: a measure is found by halving an interval of one threshold, all others switched off, until
the verdict turns. So the numbers are those of the filters' own code. Their words are what str.split gives, as in the papers and as ours; with
their default, a tokenizer's, they would differ. Texts are ours, written in full, and the first of the file named, by the hash of their UTF-8.
"""
import hashlib
import json
import sys

from datatrove.data import Document
from datatrove.pipeline.filters import c4_filters, fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter as repetition

for module in (gopher_quality_filter, fineweb_quality_filter, repetition):
    module.split_into_words = lambda text, language: text.split()

FIRST = 80
PROSE = ("The ferry left the harbour before the sun was up. Nobody on the quay had slept, and the boxes that they had carried stood in "
         "rows beside the rails. One of the sailors told a story about a whale; it was long, and most of it was true.")
OWN = {
    "prose": PROSE + "\n" + "We came back with less than we had taken, and with that we were content. It is often so.",
    "menu": "\n".join(["Home", "News", "Sports", "Contact us", "About", "Sign in", "Home", "News", "Terms of use"] * 3),
    "bullets": "\n".join(["- take the bread out of the oven", "- let it rest", "•cut it with a long knife"] * 4 + ["That is all."]),
    "hashes": "# one # two ## three of the words and more ... " * 6 + "end…",
    "ellipsis lines": "\n".join(["and then we waited ...", "nothing came of that…", "They have gone to the sea."] * 3),
    "copies": "\n".join([PROSE] * 3 + ["And this line is here once, to be fair."]),
    "paragraphs": "\n\n".join(["One paragraph of a few words.\nWith a second line.", "Another that differs.", "One paragraph of a few words.\n"
                               "With a second line."] * 2),
    "grams": "buy the best shoes now and save money today with us " * 12 + "because the weather is fine and walking is healthy",
    "numbers": "12 44 9,1 7 -- 8% and 55 to 99 13/4 the 8 8 8 10 : of 3 4 5 6 7 that 9",
    "code": "A page shows how to write a loop in this language.\nfor (;;) { step(); } and that is all there is to it.",
    "latin": "Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed do eiusmod.",
    "lines of all kinds": "This line is kept because it ends well.\nThis one is not\nToo short.\nPlease enable JavaScript to see this page.\n"
                          "We use cookies to make this site better for you.\nWell done, said he, and left the room.[12]\nAnd so on and on...\n"
                          "\"Quoted speech is kept as well.\"\n" + "a" * 1001 + " is a long word, is it not?\nIs this the last line of all?",
    "non-ascii": "Ça va très bien — “naïve” café… Ðað er góður dagur. Größe 5 μm; 𝔘nicode 🙂 smiles are fine too. " * 2 + "Yes.",
}


def document(text):
    return Document(text=text, id="0")


def keeps(filter_, text):
    result = filter_.filter(document(text))
    return result is True or (isinstance(result, tuple) and result[0])


def halve(make, text, low, high, keeps_low):
    """The threshold at which the verdict turns, in [low, high]."""
    if keeps(make(low), text) != keeps_low:
        return low
    if keeps(make(high), text) == keeps_low:
        return high
    for _ in range(34):
        middle = (low + high) / 2
        if keeps(make(middle), text) == keeps_low:
            low = middle
        else:
            high = middle
    return (low + high) / 2


OFF = dict(min_doc_words=None, max_doc_words=None, min_avg_word_length=None, max_avg_word_length=None, max_symbol_word_ratio=None,
           max_bullet_lines_ratio=None, max_ellipsis_lines_ratio=None, max_non_alpha_words_ratio=None, min_stop_words=None)


def gopher(text):
    def only(key):
        return lambda value: gopher_quality_filter.GopherQualityFilter(**{**OFF, key: value})
    measures = {
        "gopher.words": next(n - 1 for n in range(1, 10**6) if not keeps(only("min_doc_words")(n), text)),
        "gopher.mean_word_length": halve(only("max_avg_word_length"), text, 1e-9, 2000, False),
        "gopher.bullet_lines": halve(only("max_bullet_lines_ratio"), text, 1e-9, 1.1, False),
        "gopher.ellipsis_lines": halve(only("max_ellipsis_lines_ratio"), text, 1e-9, 1.1, False),
        "gopher.alphabetic_words": halve(only("max_non_alpha_words_ratio"), text, 1e-9, 1.1, True),
    }
    # One threshold for both symbols: each is measured on the text without the other.
    symbol = only("max_symbol_word_ratio")
    measures["gopher.hashes_per_word"] = halve(symbol, text.replace("...", "xxx").replace("…", "x"), 1e-9, 5, False)
    measures["gopher.ellipses_per_word"] = halve(symbol, text.replace("#", "x"), 1e-9, 5, False)
    return measures


def repeated(text):
    lines = [line for line in repetition.GopherRepetitionFilter()._line_splitter.split(text)]
    paragraphs = repetition.GopherRepetitionFilter().paragraph_exp.split(text.strip())
    words = text.split()
    measures = {}
    for name, parts in (("line", lines), ("paragraph", paragraphs)):
        count, characters = repetition.find_duplicates(parts)
        measures[f"gopher.duplicate_{name}s"] = count / len(parts)
        measures[f"gopher.duplicate_{name}_characters"] = characters / len(text)
    for n in (2, 3, 4):
        grams = repetition.get_n_grams(words, n)
        # Ours does not count what stands once.
        once = len(set(grams)) == len(grams)
        measures[f"gopher.top_{n}_gram"] = 0 if once else repetition.find_top_duplicate(grams) / len(text)
    for n in range(5, 11):
        measures[f"gopher.duplicate_{n}_grams"] = repetition.find_all_duplicate(words, n) / len(text)
    return measures


def fineweb(text):
    off = dict(line_punct_thr=-1, short_line_thr=2, char_duplicates_ratio=2, new_line_ratio=10**6)

    def only(key):
        return lambda value: fineweb_quality_filter.FineWebQualityFilter(**{**off, key: value})
    return {
        "fineweb.punctuated_lines": halve(only("line_punct_thr"), text, 0, 1.1, True),
        "fineweb.short_lines": halve(only("short_line_thr"), text, 0, 1.1, False),
        "fineweb.duplicate_line_characters": halve(only("char_duplicates_ratio"), text, 0, 1.1, False),
        "fineweb.line_breaks_per_word": halve(only("new_line_ratio"), text, 0, 10, False),
    }


def c4(text):
    doc = document(text)
    result = c4_filters.C4QualityFilter(min_num_sentences=-1).filter(doc)
    return {"dropped": result[1]} if isinstance(result, tuple) else {"cleaned": hashlib.sha256(doc.text.encode()).hexdigest()}


def verdicts(text):
    return {"gopher_quality": keeps(gopher_quality_filter.GopherQualityFilter(), text),
            "gopher_repetition": keeps(repetition.GopherRepetitionFilter(), text),
            "fineweb": keeps(fineweb_quality_filter.FineWebQualityFilter(), text)}


def golden(text):
    measures = {**gopher(text), **repeated(text), **fineweb(text)}
    return {"measures": {key: round(value, 8) for key, value in measures.items()}, "c4": c4(text), "kept": verdicts(text)}


def main():
    source, target = sys.argv[1:3]
    result = {"own": {name: {"text": text, **golden(text)} for name, text in OWN.items()}, "file": {}}
    with open(source) as lines:
        for line in list(lines)[:FIRST]:
            text = json.loads(line)["text"]
            result["file"][hashlib.sha256(text.encode()).hexdigest()] = golden(text)
    with open(target, "w") as out:
        json.dump(result, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.write("\n")


main()
