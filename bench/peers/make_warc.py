"""Packs HTML files into WARC files as a crawl would have written them, for the data pipelines' benchmarks.

    pip install warcio
    python make_warc.py OUT MEGABYTES FOLDER…        # OUT/crawl-00000.warc.gz …, at least MEGABYTES of HTML in all, 100 MB of it a file
    python make_warc.py --mixed OUT MEGABYTES FOLDER…

When the folders hold less, they are gone through again, each time with other addresses and a paragraph of its own in every page, so
that copies are near-duplicates, as in a real crawl. With --mixed all pages come in one random order (of a fixed seed), so that the first
files are a fair sample of all: a small crawl is the first files of a large one.
"""
import io
import os
import random
import sys

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def pages(folders):
    for folder in folders:
        for root, dirs, files in os.walk(folder):
            dirs.sort()
            for name in sorted(files):
                path = os.path.join(root, name)
                if name.endswith((".html", ".htm")) and not os.path.islink(path) and os.path.getsize(path) > 2000:
                    yield path


def in_order(found):
    turn = 0
    while True:
        for path in found:
            yield path, turn
        turn += 1


def mixed(found, megabytes):
    size, turns = sum(os.path.getsize(path) for path in found), 1
    while size * turns < megabytes * 1_000_000:
        turns += 1
    both = [(path, turn) for turn in range(turns) for path in found]
    random.Random(1).shuffle(both)
    return both


def main(out, megabytes, folders, mix):
    os.makedirs(out, exist_ok=True)
    found = list(pages(folders))
    total = in_file = number = 0
    stream = writer = None
    for path, turn in mixed(found, megabytes) if mix else in_order(found):
        if writer is None or in_file > 100_000_000:
            if stream:
                stream.close()
            stream = open(os.path.join(out, f"crawl-{number:05d}.warc.gz"), "wb")
            writer = WARCWriter(stream, gzip=True)
            number, in_file = number + 1, 0
        html = open(path, "rb").read()
        if turn:
            html = html.replace(b"</body>", b"<p>Mirror number %d of this page, kept by mirror%d@example.net.</p></body>" % (turn, turn), 1)
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(html)))], protocol="HTTP/1.1")
        url = f"https://site{turn}.example.org/" + os.path.relpath(path, folders[0]).replace("../", "")
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(html), http_headers=headers))
        total += len(html)
        in_file += len(html)
        if total >= megabytes * 1_000_000:
            break
    stream.close()
    print(f"{total / 1e6:.0f} MB of HTML in {number} files, from {len(found)} pages")


arguments = [argument for argument in sys.argv[1:] if argument != "--mixed"]
main(arguments[0], int(arguments[1]), arguments[2:], "--mixed" in sys.argv)
