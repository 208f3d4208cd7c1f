"""Writes golden.txt: what the reference makes of some pictures, for ClipInputTest.

The steps are those of CLIPImageProcessor (Hugging Face Transformers, image_processing_clip.py), written
out with Pillow for the resizing and NumPy for the rest, so that it can be run without that library:
    python3 golden.py > golden.txt
Made with Pillow and NumPy of the versions in the first line of golden.txt. Pillow 13.0.0 resizes some
tall pictures by columns first, and rounds a few values otherwise; all before it go by rows first.
"""

import zlib

import numpy as np
import PIL
from PIL import Image

MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]
CASES = [(640, 480), (300, 500), (224, 224), (100, 60), (225, 1000), (1023, 769), (3, 2), (448, 225)]
SIZES = [224, 32]


def picture(width, height):
    """Smooth in one channel, edges in another, noise in the third; the test makes the same."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    red = (x * 255) // max(1, width - 1)
    green = np.where((x // 16 + y // 16) % 2 == 0, 230, 25)
    blue = (x * 1103515245 + y * 12345 + x * y * 7) % 65536 // 256
    return Image.fromarray(np.stack([red, green, blue], axis=-1).astype(np.uint8))


def preprocess(image, size):
    width, height = image.size
    short, long = (width, height) if width <= height else (height, width)
    new_long = int(size * long / short)
    target = (size, new_long) if width <= height else (new_long, size)
    pixels = np.array(image.resize(target, resample=Image.Resampling.BICUBIC))
    top = (pixels.shape[0] - size) // 2
    left = (pixels.shape[1] - size) // 2
    pixels = pixels[top : top + size, left : left + size]
    pixels = (pixels.astype(np.float64) * (1 / 255)).astype(np.float32)
    pixels = (pixels - np.array(MEAN, dtype=np.float32)) / np.array(STD, dtype=np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype("<f4")


print(f"# Pillow {PIL.__version__}, NumPy {np.__version__}: width height size crc32 first middle last")
for size in SIZES:
    for width, height in CASES:
        values = preprocess(picture(width, height), size)
        flat = values.reshape(-1)
        picks = [flat[0], flat[len(flat) // 2], flat[-1]]
        crc = zlib.crc32(values.tobytes())
        print(width, height, size, f"{crc:08x}", *(repr(float(pick)) for pick in picks))
