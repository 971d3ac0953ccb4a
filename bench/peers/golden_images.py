"""Small pictures, and the pixels that the image processor of CLIP, the one that resizes with Pillow, makes of them.

Each folder has the processor's preprocessor_config.json and, for each picture, <picture>.f32: the pixels, channels
first, as little-endian f32; golden.json gives their shapes.
"""
import json
import pathlib
import shutil

import PIL
import numpy
import transformers
from PIL import Image

PROCESSORS = {
    "crop24": dict(size={"shortest_edge": 24}, crop_size={"height": 24, "width": 24}),
    "edge16": dict(size={"shortest_edge": 16}, do_center_crop=False),
}


def pictures() -> dict[str, Image.Image]:
    """Tall with noise, wide and smooth, smaller than the crop with transparency, grey with hard edges."""
    random = numpy.random.default_rng(1)
    y, x = numpy.mgrid[0:53, 0:37]
    tall = numpy.stack([x * 6, y * 4, 255 - x * 3 - y * 2], axis=-1) + random.integers(-20, 21, (53, 37, 3))
    y, x = numpy.mgrid[0:60, 0:90]
    squares = 255 * ((x // 15 + y // 15) % 2)
    wide = numpy.stack([128 + 120 * numpy.sin(x / 7), 128 + 120 * numpy.cos(y / 5), squares], axis=-1)
    y, x = numpy.mgrid[0:13, 0:20]
    small = numpy.stack([x * 12, y * 19, (x * y) % 256, 255 * ((x + y) % 3) // 2], axis=-1)
    y, x = numpy.mgrid[0:44, 0:29]
    grey = 255 * ((x - 14) ** 2 + (y - 22) ** 2 < 130)
    pixels = dict(tall=tall, wide=wide, transparent=small, grey=grey)
    return {name: Image.fromarray(numpy.clip(array, 0, 255).astype(numpy.uint8)) for name, array in pixels.items()}


def write(folder: pathlib.Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    images = pictures()
    for name, image in images.items():
        image.save(folder / f"{name}.png", optimize=True)
    for name, settings in PROCESSORS.items():
        processor = transformers.CLIPImageProcessorPil(**settings)
        processor.save_pretrained(folder / name)
        shapes = {}
        for picture in images:
            with Image.open(folder / f"{picture}.png") as image:
                pixels = processor(image, return_tensors="np")["pixel_values"][0].astype("<f4")
            shapes[picture] = list(pixels.shape)
            pixels.tofile(folder / name / f"{picture}.f32")
        golden = dict(transformers=transformers.__version__, pillow=PIL.__version__, shapes=shapes)
        (folder / name / "golden.json").write_text(json.dumps(golden) + "\n")
