#!/usr/bin/python3
"""gradcam.py MODEL INPUTS LAYER OUTPUT: Grad-CAM of input n for class n, computed by PyTorch's autograd.

LAYER is the name of the node whose output is looked at (Selvaraju et al. 2017, equations 1 and 2). INPUTS are raw
little-endian floats (N, H, W, C); OUTPUT takes the maps, (N, height, width), likewise.
"""

import sys

import torch

from network import Model

model = Model(sys.argv[1])
nodes = model.graph["nodes"]
layer = [node["name"] for node in nodes].index(sys.argv[3])
maps = []
for n, x in enumerate(model.read_inputs(sys.argv[2])):
    edges = [x[None]]
    for i, node in enumerate(nodes):
        y = model.operation(node, [edges[k] for k in node["inputs"]], False)
        edges.append(y.detach().requires_grad_() if i == layer else y)
    features = edges[layer + 1]
    (gradient,) = torch.autograd.grad(edges[model.graph["outputs"]["output"]][0, n], features)
    weights = gradient.mean((2, 3), keepdim=True)
    maps.append(torch.relu((weights * features.detach()).sum(1))[0])
with open(sys.argv[4], "wb") as file:
    file.write(torch.stack(maps).contiguous().numpy().tobytes())
