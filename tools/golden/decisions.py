#!/usr/bin/python3
"""decisions.py NETWORK FIRST: of a training step of detectors.py with pictures FIRST and FIRST + 1, which ReLUs and maxima
floats decide otherwise than doubles, and how far gradients differ: floats from doubles, and when both decide alike."""

import sys

import torch
import torch.nn.functional as functional
from torch import nn

import detectors

plain_relu, plain_pool = functional.relu, functional.max_pool2d
made, given = [], None


class Decided(torch.autograd.Function):
    """A ReLU that passes what another one did."""

    @staticmethod
    def forward(ctx, x, passes):
        ctx.save_for_backward(passes)
        return x * passes

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0], None


def relu(x, inplace=False):
    if given is None:
        made.append(x.detach() > 0)
        return plain_relu(x)
    return Decided.apply(x, next(given).to(x.dtype))


def pool(x, *args):
    if given is None:
        y, places = plain_pool(x, *args, return_indices=True)
        made.append(places)
        return y
    places = next(given)
    return torch.gather(x.flatten(2), 2, places.flatten(2)).reshape(places.shape)


functional.relu = relu
nn.ReLU.forward = lambda self, x: relu(x)
nn.MaxPool2d.forward = lambda self, x: pool(
    x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)


def main():
    global given
    torch.set_num_threads(1)
    name, first = sys.argv[1], int(sys.argv[2])
    images = [detectors.picture(first + i, *detectors.step_size(name)) for i in range(2)]
    model, _ = detectors.golden(name, images, *detectors.passing(name), **detectors.step_settings(name))
    model.train()
    state = {path: tensor.clone() for path, tensor in model.state_dict().items()}

    def run(dtype, decisions=None):
        global given
        given = None if decisions is None else iter(decisions)
        made.clear()
        model.double().load_state_dict(state)
        model.to(dtype)
        gradients = detectors.step(model, [image.to(dtype) for image in images], detectors.truths(name))[1]
        return gradients, list(made)

    doubles, by_doubles = run(torch.float64)
    floats, by_floats = run(torch.float32)
    decided, _ = run(torch.float64, by_floats)
    apart = sum(int((a != b).sum()) for a, b in zip(by_doubles, by_floats))
    print("%d of %d decisions differ" % (apart, sum(a.numel() for a in by_doubles)))
    most = max(float(gradient.norm()) for gradient in doubles.values())
    for what, expected in [("doubles", doubles), ("doubles that decide as floats do", decided)]:
        worst, path = max((detectors.difference(path, gradient, floats[path], 1e-3 * most), path)
                          for path, gradient in expected.items())
        print("floats are off %s by %.2g (%s)" % (what, worst, path))


if __name__ == "__main__":
    main()
