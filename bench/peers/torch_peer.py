#!/usr/bin/env python3
"""Measures a network in PyTorch and prints what "stride bench --json" prints.

    torch_peer.py NETWORK --mode inference|training --batch N --threads N [--script] [--steps N]
    torch_peer.py NETWORK --paint adam|lbfgs --size H W --threads N --steps N
    torch_peer.py NETWORK --batch N --export FILE.onnx
    torch_peer.py --version

A training step is zero_grad(set_to_none), forward, cross-entropy, of auxiliary heads too, backward,
SGD with momentum.
"""

import argparse
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

import networks
import painting

FEWEST_STEPS = 10
FEWEST_SECONDS = 3.0

# The profiling executor of TorchScript compiles in its first runs; oneDNN makes its kernels in the
# first of all.
WARM_UP_STEPS = 3
WARM_UP_SECONDS = 2.0

# L-BFGS remembers its steps by then, as in Stride.
PAINTING_WARM_UP_STEPS = 25

# So small that no network diverges on a batch it sees again and again.
LEARNING_RATE = 1e-4

# What the loss of an auxiliary head counts, as in Stride.
HEAD_WEIGHT = 0.3

# Boxes in each picture that a detector learns from, as in Stride.
BOXES = 8


def main():
    options = parse()
    if options.version:
        print(json.dumps({"version": torch.__version__, "blas": blas()}))
        return
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    model, shape = networks.make(options.network)
    if options.paint:
        step = painting.steps(model, options.network, options.paint, *options.size)
        timed(step, PAINTING_WARM_UP_STEPS, 0)
        seconds = statistics.median(timed(step, options.steps, 0))
        print(json.dumps({"seconds_per_step": seconds, "steps_per_second": 1 / seconds}))
        return
    if options.size:
        shape = (shape[0], *options.size)
    images = torch.rand(options.batch, *shape) * 2 - 1
    if options.export:
        export(model, images, options.export)
        return
    detects = options.network in networks.DETECTORS
    if detects:
        images = (images + 1) / 2
    multiply_adds = count(model, images[:1])
    training = options.mode == "training"
    if detects:
        make = detector_training_step if training else detector
    else:
        make = training_step if training else scripted if options.script else eager
    step = make(model, images)
    if options.steps:
        timed(step, min(WARM_UP_STEPS, options.steps), 0)
        times = timed(step, options.steps, 0)
    else:
        timed(step, WARM_UP_STEPS, WARM_UP_SECONDS)
        times = timed(step, FEWEST_STEPS, FEWEST_SECONDS)
    median = statistics.median(times)
    rate = options.batch / median
    print(
        json.dumps(
            {
                "network": options.network,
                "mode": options.mode,
                "batch": options.batch,
                "threads": options.threads,
                "steps": len(times),
                "images_per_second": rate,
                "milliseconds": 1e3 * median,
                "milliseconds_min": 1e3 * min(times),
                "gflops": 2e-9 * multiply_adds * (3 if training else 1) * rate,
                "peak_rss_mb": peak_rss(),
                "version": torch.__version__,
            }
        )
    )


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", nargs="?")
    parser.add_argument("--mode", choices=["inference", "training"], default="inference")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", type=int, nargs=2, help="height and width of the images")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--paint", choices=["adam", "lbfgs"])
    parser.add_argument("--script", action="store_true")
    parser.add_argument("--export")
    parser.add_argument("--version", action="store_true")
    options = parser.parse_args()
    if not options.network and not options.version:
        parser.error("which network?")
    return options


def eager(model, images):
    model = model.eval().to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)

    def step():
        with torch.inference_mode():
            model(images)

    return step


def scripted(model, images):
    """Frozen: batch norm folds into convolutions, and oneDNN keeps its own layout in between."""
    with torch.no_grad():
        traced = torch.jit.trace(model.eval(), images)
        script = torch.jit.optimize_for_inference(torch.jit.freeze(traced))

    def step():
        with torch.inference_mode():
            script(images)

    return step


def training_step(model, images):
    with torch.no_grad():
        classes = model.eval()(images[:1]).shape[1]
    model = model.train().to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.randint(classes, (len(images),))
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        outputs = model(images)
        first, *heads = outputs if isinstance(outputs, tuple) else [outputs]
        loss = F.cross_entropy(first, labels)
        for head in heads:
            loss = loss + HEAD_WEIGHT * F.cross_entropy(head, labels)
        loss.backward()
        optimizer.step()

    return step


def detector(model, images):
    model = model.eval().to(memory_format=torch.channels_last)

    def step():
        with torch.inference_mode():
            model(list(images))

    return step


def detector_training_step(model, images):
    """The losses of torchvision's detector for a few boxes of the first class in each picture."""
    model = model.train().to(memory_format=torch.channels_last)
    height, width = images.shape[2:]
    places = torch.rand(len(images), BOXES, 3)
    corners = torch.stack(
        [
            places[..., 0] * 0.7 * width,
            places[..., 1] * 0.7 * height,
            (places[..., 0] * 0.7 + 0.1 + 0.2 * places[..., 2]) * width,
            (places[..., 1] * 0.7 + 0.1 + 0.2 * places[..., 2]) * height,
        ],
        -1,
    )
    targets = [{"boxes": own, "labels": torch.ones(BOXES, dtype=torch.int64)} for own in corners]
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        sum(model(list(images), targets).values()).backward()
        optimizer.step()

    return step


def timed(step, steps, seconds):
    """Seconds of each step: so many steps at least, and more until so much time has passed."""
    times = []
    start = before = time.perf_counter()
    while len(times) < steps or before - start < seconds:
        step()
        now = time.perf_counter()
        times.append(now - before)
        before = now
    return times


def export(model, images, path):
    with torch.no_grad():
        torch.onnx.export(
            model.eval(),
            images,
            path,
            opset_version=13,
            input_names=["input"],
            output_names=["output"],
        )


def count(model, image):
    """Multiply-adds of convolutions and dense layers for one image, as Stride counts them."""
    total = 0

    def add(module, inputs, output):
        nonlocal total
        # Every output takes as many as a filter, or a row of the matrix, has weights.
        total += output.numel() * module.weight[0].numel()

    layers = [m for m in model.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    hooks = [layer.register_forward_hook(add) for layer in layers]
    with torch.inference_mode():
        model.eval()(image)
    for hook in hooks:
        hook.remove()
    return total


def blas():
    """Which BLAS was loaded: Debian's reference BLAS makes PyTorch's dense layers crawl."""
    try:
        with open("/proc/self/maps") as maps:
            return "OpenBLAS" if "openblas" in maps.read() else "unknown"
    except OSError:
        return "unknown"


def peak_rss():
    """Megabytes of 1,048,576 bytes; None where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return None


if __name__ == "__main__":
    sys.exit(main())
