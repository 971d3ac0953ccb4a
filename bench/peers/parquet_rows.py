"""Makes data/src/test/resources/golden/rows.parquet, and reads a file of ours: parquet_rows.py [OURS.parquet] (needs pyarrow)."""
import datetime
import sys

import pyarrow as pa
import pyarrow.parquet as pq

if len(sys.argv) > 1:
    table = pq.read_table(sys.argv[1])
    print(table.schema, table.num_rows, pq.ParquetFile(sys.argv[1]).metadata)
    print(table.slice(0, 3).to_pylist())
else:
    rows = range(4)
    pq.write_table(
        pa.table({
            "key": [f"k{i}" for i in rows],
            "content": [None if i == 2 else f"text {i} 文" for i in rows],
            "score": [0.25] * 4,
            "count": pa.array([7] * 4, pa.int32()),
            "ok": [True] * 4,
            "tags": [["a", "b"]] * 4,
            "date": pa.array([datetime.datetime(2024, 3, 3, tzinfo=datetime.timezone.utc)] * 4, pa.timestamp("ms", "UTC")),
            "metadata": [{"url": f"https://a/{i}"} for i in rows],
        }),
        "data/src/test/resources/golden/rows.parquet", compression="snappy")
