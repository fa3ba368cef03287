#!/usr/bin/python3
"""logits.py MODEL INPUTS [OUTPUT]: the logits that PyTorch computes for a model that Stride saved.

INPUTS are raw little-endian floats (N, H, W, C); OUTPUT takes the logits, (N, classes), likewise;
they are also printed.
"""

import sys

import torch

from network import Model

model = Model(sys.argv[1])
with torch.no_grad():
    logits = model.run(model.read_inputs(sys.argv[2]))
if len(sys.argv) > 3:
    with open(sys.argv[3], "wb") as file:
        file.write(logits.contiguous().numpy().tobytes())
for row in logits.tolist():
    print(" ".join("%.5f" % value for value in row))
