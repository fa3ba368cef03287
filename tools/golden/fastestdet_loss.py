#!/usr/bin/python3
"""What FastestDet's loss is in PyTorch, into core's test resources: for some batches of outputs and boxes, which Java
makes too (stride.train.FastestDetLossTest), the loss and its gradient. (Debian: python3-torch, python3-torchvision)"""

import pathlib

import numpy as np
import torch

from fastestdet import CELL, loss
from zoo import uniform

FILE = pathlib.Path(__file__).parents[2] / "core/src/test/resources/stride/detection/fastestdet-loss.txt"

# Pictures, rows, columns, classes and the boxes of each picture.
CASES = [(1, 4, 4, 3, [1]), (3, 5, 7, 4, [2, 0, 9]), (2, 6, 6, 1, [4, 30]), (2, 3, 3, 2, [0, 0]), (4, 8, 6, 20, [5] * 4)]


def outputs_of(number, count, rows, columns, classes):
    """Outputs as the network gives them, of floats."""
    values = torch.from_numpy(uniform(100 * number, count * rows * columns * (5 + classes), -2, 2))
    values = values.reshape(count, rows, columns, 5 + classes)
    values[..., 0] = (values[..., 0] + 2) / 4
    values[..., 5:] = (values[..., 5:] + 2.1) / 5
    return values


def boxes_of(number, picture, boxes, rows, columns, classes):
    """Class, left, top, right, bottom of each box, of floats."""
    values = uniform(100 * number + picture + 1, 5 * boxes, 0, 1).reshape(boxes, 5)
    left, top = values[:, 1] * (columns * CELL * 0.9), values[:, 2] * (rows * CELL * 0.9)
    right = left + 2 + values[:, 3] * (columns * CELL - left - 2)
    bottom = top + 2 + values[:, 4] * (rows * CELL - top - 2)
    return np.stack([np.floor(values[:, 0] * classes), left, top, right, bottom], 1).astype(np.float32)


lines = []
for number, (count, rows, columns, classes, counts) in enumerate(CASES):
    outputs = outputs_of(number, count, rows, columns, classes).double().requires_grad_()
    targets = []
    for picture, boxes in enumerate(counts):
        for label, left, top, right, bottom in boxes_of(number, picture, boxes, rows, columns, classes).astype(float):
            width, height = columns * CELL, rows * CELL
            targets.append([picture, label, (left + right) / 2 / width, (top + bottom) / 2 / height,
                            (right - left) / width, (bottom - top) / height])
    value = loss(outputs.permute(0, 3, 1, 2), torch.tensor(targets, dtype=torch.float64).reshape(-1, 6))
    value.backward()
    lines.append("%d %d %d %d %s" % (count, rows, columns, classes, ",".join(map(str, counts))))
    lines.append("%.9g" % value)
    lines.append(" ".join("%.6g" % g for g in outputs.grad.flatten()))
FILE.write_text("\n".join(lines) + "\n")
print("%s: %d bytes" % (FILE.name, FILE.stat().st_size))
