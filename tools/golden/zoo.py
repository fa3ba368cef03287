#!/usr/bin/python3
"""zoo.py [NAME...]: what PyTorch has and computes for every network of the zoo, into the zoo's test resources.

state_dicts.txt.gz  a line "name parameters multiply-adds" for each network, then a line for each tensor: its name, its
                    shape, and its first values: c0 and c1 for constants, n, u and r for normal, uniform and any random
                    ones with their standard deviation behind it
logits.txt          for each network its images' first number, the exponents of its golden weights, and the logits of
                    three images of one or two sizes
gradients.txt       for three networks the loss of one training step, and of each weight's gradient the norm, the largest
                    number, and four numbers
trainings.txt       for one network the losses of a training on three images, a step an epoch, and the trained network's
                    logits of these images, which batch norm's running statistics are part of

Golden weights come from a counter-based generator that is also Stride's (stride.tensor.CounterRandom). The exponents
scale each layer's weights by a power of two, so that its outputs have a standard deviation of about 1. PyTorch computes
in double, so that a difference is Stride's rounding alone. With names, only these networks' logits are printed.
"""

import gzip
import pathlib
import sys

import numpy as np
import torch
from torch import nn

from originals import CIFAR, HEADS, original

FOLDER = pathlib.Path(__file__).parents[2] / "zoo/src/test/resources/stride/zoo"
CLASSES = 10

# The images that a network is made for, the golden's images, and others where the network takes them.
SIZES = {
    "mlp": ((100, 100, 3), [(100, 100)]),
    "lenet5": ((28, 28, 1), [(28, 28)]),
    "cnn": ((28, 28, 1), [(28, 28)]),
    "alexnet_2012": ((227, 227, 3), [(227, 227)]),
    "alexnet": ((224, 224, 3), [(64, 64), (127, 95)]),
    "inception_v3": ((299, 299, 3), [(75, 75), (80, 107)]),
}
for _name in ["vgg11", "vgg13", "vgg16", "vgg19"]:
    SIZES[_name] = SIZES[_name + "_bn"] = ((224, 224, 3), [(32, 32), (96, 64)])
for _name in CIFAR:
    SIZES[_name] = ((32, 32, 3), [(32, 32), (40, 27)])
for _name in ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "plain18", "plain34", "resnext50_32x4d",
              "wide_resnet50_2", "googlenet", "squeezenet1_0", "squeezenet1_1", "densenet121", "densenet161",
              "densenet169", "densenet201", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x1_5",
              "shufflenet_v2_x2_0", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0"]:
    SIZES[_name] = ((224, 224, 3), [(64, 64), (75, 50)])

GRADIENTS = ["resnet18", "googlenet", "mobilenet_v2"]
GRADIENT_SIZE = (56, 40)

TRAININGS = ["resnet20"]
STEPS = 12
RATE = 0.001

# Of an output's standard deviation: about what sums of floats make.
ROUNDING = 5e-7

# What is added to the biases of batch norm for a training step.
BIAS = 2


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


GOLDEN = 0x9E3779B97F4A7C15


def bits(key, counter):
    """64 random bits for each counter under a key."""
    return mix(np.asarray((key + GOLDEN) % 2**64, np.uint64) + np.asarray(counter, np.uint64) * np.uint64(GOLDEN))


def key(a):
    with np.errstate(over="ignore"):
        first = int(mix(np.asarray([7 ^ GOLDEN], np.uint64))[0])
        return int(bits(int(bits(first, [a % 2**64])[0]), [0])[0])


def integers(of, count):
    """So many integers in [0, 2^24), a function of what they are of."""
    with np.errstate(over="ignore"):
        return (bits(key(of), np.arange(count, dtype=np.uint64)) >> np.uint64(40)).astype(np.int64)


def uniform(of, count, low, high):
    """So many floats in [low, high)."""
    return (low + (high - low) * (integers(of, count) * 2.0**-24)).astype(np.float32)


def filters(of, shape):
    """Uniform weights for inputs of variance 1. A quarter of their mean is taken off filters over several channels.
    Without, what all channels have in common would be all that a deep network leaves of an image; with all of it, a
    deep network would make large errors of small ones, in PyTorch as well."""
    drawn = integers(of, int(np.prod(shape))).reshape(shape[0], -1) - 2**23
    if shape[1] > 1:
        drawn -= drawn.sum(1, keepdims=True) // (4 * drawn.shape[1])
    return (drawn * (2.0**-23 * (3.0 / drawn.shape[1]) ** 0.5)).astype(np.float32).reshape(shape)


def name_hash(name):
    """Java's String.hashCode."""
    value = 0
    for char in name:
        value = (31 * value + ord(char)) % 2**32
    return value - 2**32 if value >= 2**31 else value


def inputs(first, height, width, channels):
    """Three images of noise, each around a colour of its own; their numbers are first and the next two."""
    rows = [uniform(i, height * width * channels, -1, 1).reshape(-1, channels) + uniform(-i, channels, -2, 2)
            for i in range(first, first + 3)]
    images = torch.from_numpy(np.stack(rows)).reshape(3, height, width, channels)
    return images.permute(0, 3, 1, 2).double().contiguous()


def fill(model, images):
    """Golden weights; returns the exponents of the weights of convolutions and dense layers, by name."""
    names = {}
    for path, module in model.named_modules():
        norm = isinstance(module, nn.BatchNorm2d)
        for name, tensor in list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False)):
            if name == "num_batches_tracked":
                continue
            if tensor.dim() > 1:
                names[module] = path + "." + name
                tensor.data.copy_(torch.from_numpy(filters(name_hash(path + "." + name), tensor.shape)))
                continue
            if norm and name == "weight":
                low, high = 0.5, 1.5
            elif name == "running_var":
                low, high = 0.5, 2
            elif norm:
                low, high = -0.25, 0.25
            else:
                low, high = -0.2, 0.2
            values = uniform(name_hash(path + "." + name), tensor.numel(), low, high)
            tensor.data.copy_(torch.from_numpy(values).reshape(tensor.shape))
    exponents = {name: 0 for name in names.values()}

    def scale(module, given, output):
        bias = module.bias if module.bias is not None else 0
        plain = output - (bias.reshape(-1, 1, 1) if output.dim() == 4 and module.bias is not None else bias)
        exponent = -round(float(torch.log2(plain.std())))
        exponents[names[module]] = exponent
        module.weight.data *= 2.0**exponent
        return output + (2.0**exponent - 1) * plain

    hooks = [module.register_forward_hook(scale) for module in names]
    model.eval()
    with torch.no_grad():
        model(images)
    for hook in hooks:
        hook.remove()
    return exponents


def golden_model(name, first):
    channels = SIZES[name][0][2]
    model = original(name, CLASSES).double().eval()
    return model, fill(model, inputs(first, *SIZES[name][1][0], channels))


def differ(logits):
    """How far the two images that are closest are apart, in parts of the largest logit."""
    apart = [(logits[i] - logits[j]).abs().max() for i in range(3) for j in range(i)]
    return float(min(apart) / logits.abs().max())


def numbers(values):
    return " ".join("%.9g" % value for value in values)


def logits_of(name):
    """The logits of the first three images that differ for the network."""
    for first in range(1, 100, 3):
        model, exponents = golden_model(name, first)
        lines = [name, "images %d" % first, "exponents " + " ".join(str(e) for e in exponents.values())]
        apart = 1
        for height, width in SIZES[name][1]:
            with torch.no_grad():
                logits = model(inputs(first, height, width, SIZES[name][0][2]))
            apart = min(apart, differ(logits))
            lines.append("size %d %d" % (height, width))
            lines += [numbers(row) for row in logits.tolist()]
        if apart > 0.06:
            print("%-20s images from %2d, apart %.3f" % (name, first, apart), flush=True)
            return lines
    raise SystemExit("%s hardly tells images apart" % name)


def training_step(name, model, images):
    """The loss, and the gradients by name, of three images, each of a class of its own."""
    model.zero_grad()
    outputs = model(images)
    target = torch.arange(3)
    if name == "googlenet":
        loss = sum(weight * nn.functional.cross_entropy(getattr(outputs, field), target)
                   for field, weight in [("logits", 1), ("aux_logits1", 0.3), ("aux_logits2", 0.3)])
    else:
        loss = nn.functional.cross_entropy(outputs, target)
    loss.backward()
    return loss.item(), {path: p.grad.flatten().clone() for path, p in model.named_parameters()}


def is_robust(name, model, images, gradients):
    """Whether no ReLU and no maximum is so close to its edge that a rounding error tips it over: each changes the
    gradients by percents, in PyTorch's own float as well."""
    generator = torch.Generator().manual_seed(1)

    def disturb(module, given, output):
        return output + ROUNDING * output.detach().std() * torch.randn(output.shape, generator=generator)

    def agrees():
        _, disturbed = training_step(name, model, images)
        return all((disturbed[path] - g).abs().max() < 4e-4 * g.abs().max() + 3e-7 * most
                   for path, g in gradients.items())

    most = max(g.abs().max() for g in gradients.values())
    hooks = [m.register_forward_hook(disturb) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    robust = all(agrees() for _ in range(3))
    for hook in hooks:
        hook.remove()
    return robust


def start_training(model):
    """Training without dropout. Most ReLUs are well inside of what they pass, which keeps networks of random weights
    from chaos."""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0
        if isinstance(module, nn.BatchNorm2d):
            module.bias.data += BIAS


def gradients_of(name):
    model, _ = golden_model(name, int(logits_of(name)[1].split()[1]))
    start_training(model)
    for first in range(1, 300, 3):
        images = inputs(first, *GRADIENT_SIZE, 3)
        loss, gradients = training_step(name, model, images)
        if is_robust(name, model, images, gradients):
            break
    else:
        raise SystemExit("%s: rounding errors tip over ReLUs of all images" % name)
    lines = [name, "images %d" % first, "loss %.9g" % loss]
    for path, gradient in gradients.items():
        places = [i % len(gradient) for i in range(0, 4 * 7919, 7919)]
        lines.append("%s %s" % (path, numbers([gradient.norm(), gradient.abs().max()] + [gradient[i] for i in places])))
    print("%-20s images from %d, loss %.6f, %d tensors" % (name, first, loss, len(gradients)), flush=True)
    return lines


def training_of(name, floats=torch.float64):
    """SGD with momentum and one cycle of the rate. The weight decay is large enough to be seen in a few steps, and does
    not act on biases and norms."""
    first = int(logits_of(name)[1].split()[1])
    model, _ = golden_model(name, first)
    start_training(model)
    model.to(floats)
    images = inputs(first, *SIZES[name][1][0], 3).to(floats)
    decaying = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.SGD([{"params": decaying, "weight_decay": 0.2}, {"params": others, "weight_decay": 0}],
                                lr=RATE, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS, cycle_momentum=False)
    losses = []
    for _ in range(STEPS):
        loss = nn.functional.cross_entropy(model(images), torch.arange(3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        logits = model(images)
    return [name, "images %d" % first, "losses " + numbers(losses)] + [numbers(row) for row in logits.tolist()]


def first_values(values):
    values = values.double().flatten()
    if (values == values[0]).all():
        return "c%g" % values[0]
    # Once in 2^24 draws, trunc_normal_ rounds a probability to 1, and gives its bound of 2 instead of about 0.05.
    deviation = float(values[values.abs() < 20 * values.abs().median()].std())
    if len(values) < 200:
        return "r%.2g" % deviation
    return ("u" if float(values.abs().max()) < 2 * deviation else "n") + "%.3g" % deviation


def multiply_adds(model, shape):
    total = 0

    def count(module, given, output):
        nonlocal total
        total += module.weight.numel() * (output.numel() // output.shape[1] if output.dim() == 4 else 1)

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, shape[2], shape[0], shape[1]))
    return total


def state_dict_of(name):
    shape = SIZES[name][0]
    torch.manual_seed(1)
    model = original(name, {"mlp": 2, "lenet5": 10, "cnn": 10}.get(name, 10 if name in CIFAR else 1000))
    parameters = sum(p.numel() for p in model.parameters())
    lines = ["%s %s" % (path, "scalar" if tensor.dim() == 0 else "x".join(map(str, tensor.shape)))
             + " " + first_values(tensor) for path, tensor in model.state_dict().items()]
    adds = multiply_adds(model, shape)
    print("%-20s %11d parameters, %12d multiply-adds" % (name, parameters, adds), flush=True)
    return ["%s %d %d" % (name, parameters, adds)] + lines


def write(name, networks, lines_of):
    text = "\n\n".join("\n".join(lines_of(network)) for network in networks) + "\n"
    data = text.encode()
    if name.endswith(".gz"):
        data = gzip.compress(data, 9, mtime=0)
    (FOLDER / name).write_bytes(data)
    print("%s: %d bytes" % (name, len(data)))


if __name__ == "__main__":
    torch.set_num_threads(2)
    if len(sys.argv) > 1:
        for network in sys.argv[1:]:
            print("\n".join(logits_of(network)))
    else:
        write("state_dicts.txt.gz", SIZES, state_dict_of)
        write("logits.txt", SIZES, logits_of)
        write("gradients.txt", GRADIENTS, gradients_of)
        write("trainings.txt", TRAININGS, training_of)
