"""Blocks of every quantised type of GGUF, and the numbers that gguf-py reads from them.

quants.json, by type: `raw` are the bytes of a few blocks (base64), `values` the f32 that they stand for. Where gguf-py
can quantise, `input` are the numbers that it made the blocks of; the K types are random bytes with sane scales.
"""
import base64
import importlib.metadata
import json
import pathlib

import numpy
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Type, quants

QUANTISED = (Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1)
# Where the f16 scales stand in a block.
K_SCALES = {Type.Q4_K: (0, 2), Type.Q6_K: (208,)}


def inputs() -> numpy.ndarray:
    """Rows of 32: usual, tiny, nought, with an outlier below and above, all alike, halves that rounding must settle."""
    random = numpy.random.default_rng(1)
    usual = random.standard_normal((2, 32))
    below, above = random.standard_normal((2, 32)) * 0.1
    below[5], above[29] = -7, 7
    halves = numpy.arange(-16, 16) / 2 * 127 / 8
    rows = [*usual, usual[0] * 1e-4, numpy.zeros(32), below, above, numpy.full(32, -0.75), halves]
    return numpy.stack(rows).astype(numpy.float32)


def random_blocks(type: Type) -> numpy.ndarray:
    """Three blocks of random bytes, with scales between 1/64 and 1 of either sign."""
    random = numpy.random.default_rng(int(type))
    blocks = random.integers(0, 256, (3, GGML_QUANT_SIZES[type][1]), dtype=numpy.uint8)
    for offset in K_SCALES[type]:
        scales = random.uniform(1 / 64, 1, 3) * random.choice([-1, 1], 3)
        blocks[:, offset:offset + 2] = scales.astype("<f2")[:, None].view(numpy.uint8)
    return blocks


def floats(values: numpy.ndarray) -> list[float]:
    return [float(str(value)) for value in values.astype(numpy.float32).ravel()]


def described(type: Type, blocks: numpy.ndarray, **more: list[float]) -> dict:
    elements, size = GGML_QUANT_SIZES[type]
    return dict(block=elements, bytes=size, raw=base64.b64encode(blocks.tobytes()).decode(), **more,
                values=floats(quants.dequantize(blocks, type)))


def write(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    golden = {"gguf": importlib.metadata.version("gguf")}
    for type in QUANTISED:
        golden[type.name] = described(type, quants.quantize(inputs(), type), input=floats(inputs()))
    for type in K_SCALES:
        golden[type.name] = described(type, random_blocks(type))
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items()]
    (folder / "quants.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
