#!/usr/bin/python3
"""What FastestDet computes in PyTorch with golden weights, into the zoo's test resources: the exponents of the weights as
in zoo.py, and for two sizes the outputs of three images, (H, W, 5 + classes)."""

import gzip
import pathlib

import torch

from fastestdet import FastestDet
from zoo import fill, inputs, numbers

FILE = pathlib.Path(__file__).parents[2] / "zoo/src/test/resources/stride/zoo/fastestdet.txt.gz"
CLASSES = 7
FIRST = 1
SIZES = [(64, 96), (96, 32)]

model = FastestDet(CLASSES).double().eval()
exponents = fill(model, inputs(FIRST, *SIZES[0], 3))
lines = ["exponents " + " ".join("%s %d" % entry for entry in exponents.items())]
for height, width in SIZES:
    with torch.no_grad():
        outputs = model(inputs(FIRST, height, width, 3)).permute(0, 2, 3, 1)
    apart = min((outputs[i] - outputs[j]).abs().max() for i in range(3) for j in range(i))
    assert apart > 0.05 * outputs.abs().max(), apart
    lines.append("size %d %d" % (height, width))
    lines += [numbers(row.flatten()) for row in outputs]
FILE.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
print("%s: %d bytes" % (FILE.name, FILE.stat().st_size))
