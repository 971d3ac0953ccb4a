"""Packs HTML files into WARC files as a crawl would have written them, for the data pipelines' benchmarks.

    pip install warcio
    python make_warc.py OUT MEGABYTES FOLDER…        # OUT/crawl-00000.warc.gz …, at least MEGABYTES of HTML in all, 100 MB of it a file

When the folders hold less, they are gone through again, each time with other addresses and a paragraph of its own in every page, so
that copies are near-duplicates, as in a real crawl.
"""
import io
import os
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


def main(out, megabytes, folders):
    os.makedirs(out, exist_ok=True)
    found = list(pages(folders))
    total = in_file = number = turn = 0
    stream = writer = None
    while total < megabytes * 1_000_000:
        for path in found:
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
        turn += 1
    stream.close()
    print(f"{total / 1e6:.0f} MB of HTML in {number} files, {len(found)} pages gone through {turn} times")


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
