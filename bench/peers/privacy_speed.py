"""Microsoft Presidio on the labelled texts and on files: precision, recall and megabytes a second of one core's time.

Presidio's models for names cannot be had without a model hub, so a blank tokenizer stands in for them and kinds that need a model are
left out on both sides; its recognisers by pattern, checksum and libphonenumber run as they come, with their context words. To compare:

    pip install presidio-analyzer
    python bench/peers/privacy_speed.py data/src/main/resources/dev/athanor/data/privacy [file …]
"""
import sys, time
from collections import defaultdict
from pathlib import Path

import spacy
import tldextract

tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list that comes with it: nothing is fetched

from presidio_analyzer import AnalyzerEngine  # noqa: E402
from presidio_analyzer.nlp_engine import SpacyNlpEngine

KINDS = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "bank_card", "IBAN_CODE": "iban", "US_SSN": "ssn", "US_PASSPORT": "passport",
         "IP_ADDRESS": "ip", "MAC_ADDRESS": "mac", "CRYPTO": "wallet"}
# Those of our kinds that Presidio knows: the others' labels are not counted against it.
KNOWN = set(KINDS.values())


class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}

    def load(self):
        pass

    def is_loaded(self):
        return True


def parse(line):
    line = line.replace("\\n", "\n").replace("\\j", "")
    text, labels, at = "", [], 0
    while (start := line.find("⟦", at)) >= 0:
        colon, close = line.index(":", start), line.index("⟧", start)
        text += line[at:start]
        labels.append((line[start + 1:colon], len(text), len(text) + close - colon - 1))
        text += line[colon + 1:close]
        at = close + 1
    return text + line[at:], labels


engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
entities = [e for e in KINDS if e in engine.get_supported_entities("en")]
print("recognisers:", ", ".join(entities))


def find(text, threshold=0.4):
    return [(KINDS[r.entity_type], r.start, r.end) for r in engine.analyze(text, "en", entities=entities, score_threshold=threshold)]


for language in ("en", "zh", "code"):
    counts = defaultdict(lambda: [0, 0, 0])
    negatives = alarms = 0
    for line in (Path(sys.argv[1]) / f"labelled-{language}.txt").read_text("utf-8").splitlines():
        text, labels = parse(line)
        found = find(text)
        if not labels:
            negatives += 1
            alarms += bool(found)
        used = set()
        for kind, a, b in labels:
            hit = next((f for f in found if f not in used and f[0] == kind and 2 * (min(b, f[2]) - max(a, f[1])) >= max(b, f[2]) - min(a, f[1])), None)
            used.add(hit)
            counts[kind][0] += 1
            counts[kind][2] += hit is not None
        for f in found:
            counts[f[0]][1] += 1
    known = {k: c for k, c in counts.items() if k in KNOWN}
    for kind, (labels, findings, right) in sorted(known.items()):
        print(f"{language} {kind:10} labels {labels:3}  precision {right / findings if findings else 1:.3f}  recall {right / labels if labels else 1:.3f}")
    labels, findings, right = (sum(c[i] for c in known.values()) for i in range(3))
    print(f"{language} all        labels {labels:3}  precision {right / max(1, findings):.3f}  recall {right / max(1, labels):.3f}; {alarms} of {negatives} negatives")

for file in sys.argv[2:]:
    text = Path(file).open(encoding="utf-8", errors="replace").read(600_000)
    documents, start = [], 0
    while start < len(text):
        end = text.find("\n", start + 5000)
        end = len(text) if end < 0 else end + 1
        documents.append(text[start:end])
        start = end
    begun, n = time.process_time(), 0
    for document in documents:
        n += len(find(document))
    seconds = time.process_time() - begun
    size = len(text.encode()) / 1e6
    print(f"{file}: {size:.2f} MB, {size / seconds:.3f} MB/s of CPU time, {n} found")
