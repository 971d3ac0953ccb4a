"""The web pipeline of FineWeb's example by datatrove, for a comparison of whole processes: WARC → main text → filters → MinHash → PII.

    pip install "datatrove[processing,io]" trafilatura nltk
    python datatrove_pipeline.py CRAWL OUT TASKS       # prints seconds, documents read and kept

The language filter needs a model that is fetched from a hub, and is left out of both sides.
"""
import json
import os
import sys
import time

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.hashing import HashConfig


def main(crawl, out, tasks):
    began = time.time()
    config = MinhashConfig(hash_config=HashConfig(hash_fc="sha1", precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)

    def execute(name, pipeline, count):
        start = time.time()
        LocalPipelineExecutor(pipeline=pipeline, tasks=count, workers=tasks, logging_dir=f"{out}/logs/{name}", skip_completed=False).run()
        print(f"{name}: {time.time() - start:.1f} s", flush=True)

    files = len([name for name in os.listdir(crawl) if name.endswith(".warc.gz")])
    execute("filter", [
        WarcReader(crawl, glob_pattern="*.warc.gz"),
        Trafilatura(favour_precision=True, timeout=10),
        GopherRepetitionFilter(), GopherQualityFilter(), C4QualityFilter(filter_no_terminal_punct=False), FineWebQualityFilter(),
        JsonlWriter(f"{out}/filtered"),
    ], files)
    execute("signatures", [JsonlReader(f"{out}/filtered"), MinhashDedupSignature(output_folder=f"{out}/signatures", config=config)], tasks)
    execute("buckets", [MinhashDedupBuckets(input_folder=f"{out}/signatures", output_folder=f"{out}/buckets", config=config)], config.num_buckets)
    execute("cluster", [MinhashDedupCluster(input_folder=f"{out}/buckets", output_folder=f"{out}/remove", config=config)], 1)
    execute("final", [
        JsonlReader(f"{out}/filtered"), MinhashDedupFilter(input_folder=f"{out}/remove"), PIIFormatter(), JsonlWriter(f"{out}/documents"),
    ], tasks)
    stats = json.load(open(f"{out}/logs/filter/stats.json"))
    read = stats[0]["stats"].get("documents", {}).get("total")
    last = json.load(open(f"{out}/logs/final/stats.json"))
    kept = last[-1]["stats"].get("total", {}).get("total") if isinstance(last[-1]["stats"].get("total"), dict) else last[-1]["stats"].get("total")
    print(f"whole: {time.time() - began:.1f} s, documents read {read}, kept {kept}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
