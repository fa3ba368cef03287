#!/usr/bin/python3
"""layers.py FOLDER OUTPUT: what PyTorch computes for small networks that Stride saved, one layer each.

FOLDER has for each NAME.safetensors the inputs NAME.x.f32 and the gradients at the outputs NAME.dy.f32, raw
little-endian floats (N, H, W, C). OUTPUT gets NAME.f32: the outputs, the gradients of the inputs, and the gradients of
all weights in the order of the file.
"""

import glob
import os
import sys

from network import Model, read, write

folder, output = sys.argv[1:]
os.makedirs(output, exist_ok=True)
for path in sorted(glob.glob(os.path.join(folder, "*.safetensors"))):
    name = path[: -len(".safetensors")]
    model = Model(path)
    weights = [t.requires_grad_() for n, t in model.tensors.items() if n.endswith((".weight", ".bias"))]
    x = model.read_inputs(name + ".x.f32").requires_grad_()
    y = model.run(x)
    shape = y.shape[1:] if y.dim() != 4 else (y.shape[2], y.shape[3], y.shape[1])
    y.backward(read(name + ".dy.f32", shape))
    with open(os.path.join(output, os.path.basename(name) + ".f32"), "wb") as file:
        write(y, file)
        write(x.grad, file)
        for weight in weights:
            file.write(weight.grad.contiguous().numpy().tobytes())
