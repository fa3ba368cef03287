#!/usr/bin/python3
"""gradients.py MODEL INPUTS OUTPUT: the gradients of all weights for one training step, by PyTorch.

The loss is softmax with cross-entropy, the n-th input's class is n, batch norm uses the batch's statistics. OUTPUT takes
the gradients as raw little-endian floats, tensor behind tensor in the order of the file.
"""

import sys

import torch

from network import Model

model = Model(sys.argv[1])
inputs = model.read_inputs(sys.argv[2])
weights = [t.requires_grad_() for name, t in model.tensors.items() if name.endswith((".weight", ".bias"))]
loss = torch.nn.functional.cross_entropy(model.run(inputs, training=True), torch.arange(len(inputs)))
loss.backward()
with open(sys.argv[3], "wb") as file:
    for weight in weights:
        file.write(weight.grad.contiguous().numpy().tobytes())
print("loss %.6f, %d tensors" % (loss.item(), len(weights)))
