"""Writes 60,000 random images of 28 x 28 bytes and labels as IDX files into a folder."""

import struct
import sys

import numpy

folder = sys.argv[1]
draw = numpy.random.default_rng(1)
images = draw.integers(0, 256, (60000, 28, 28), dtype=numpy.uint8)
labels = (numpy.arange(60000) % 10).astype(numpy.uint8)
with open(folder + "/images.idx", "wb") as file:
    file.write(struct.pack(">4BIII", 0, 0, 8, 3, *images.shape) + images.tobytes())
with open(folder + "/labels.idx", "wb") as file:
    file.write(struct.pack(">4BI", 0, 0, 8, 1, len(labels)) + labels.tobytes())
