#!/usr/bin/python3
"""detectors.py [PART [NAME...]]: what torchvision's detectors have and find, into the zoo's test resources. PART is state,
boxes, large or gradients.

detector_state_dicts.txt.gz  a line "name parameters" for each network with 91 classes, as in zoo.py, then a line for each
                             tensor: its name, its older name, shape and first values
detections.txt.gz            for each network the exponents of its golden weights, and what it finds in three pictures of
                             different sizes, alone and as one batch: label, score, left, top, right, bottom
large_detections.txt.gz      the same of one network with a pyramid of each kind, at the published size of pictures; minutes
                             for each network, and 10 GB of memory
detector_gradients.txt.gz    for each network what is added to biases, how far PyTorch's floats are from its doubles, the
                             losses of one training step with two pictures, and of each weight's gradient the norm, the
                             largest number, the product with random numbers, and four numbers

Golden weights are those of zoo.py. PyTorch computes in double; pictures are chosen so that its floats find the same.
With names, only these networks' lines are made, and printed instead of written.
"""

import re
import sys

import numpy as np
import torch
import torchvision.ops.boxes
import torchvision.models.detection as detection
from torch import nn
from torchvision.models import MobileNet_V3_Large_Weights, ResNet50_Weights
from torchvision.ops import FrozenBatchNorm2d

from zoo import filters, first_values, name_hash, numbers, uniform, write

CLASSES = 7
BOXES = 30

# For a training step, what is added to the biases of normalisations, more where they normalise batches, but not before a
# hard swish, and what to those of other layers before a ReLU, whose names hold one of these parts.
PASSING = {"ssdlite": (3, 0), "ssd300": (0, 1), "retinanet": (0.5, 1), "fcos": (0.5, 0), "fasterrcnn": (0.5, 1)}
PASSING_LAYERS = ["backbone.features.", "backbone.extra.", "_head.conv.", "rpn.head.conv.", "box_head.fc"]
SIZES = [(120, 160), (150, 100), (97, 131)]

# The longer side of the third one becomes 1333, and its shorter one less than 800.
LARGE_SIZES = [(120, 160), (150, 100), (190, 90)]

# A gradient is compared with its own norm and the first of these shares of the largest one with which rounding is small.
# Statistics of batches make more of it.
SHARES = [1e-6, 1e-5, 1e-4, 1e-3]
BATCHES_SHARES = [1e-3]

# Of a gradient: what PyTorch's own floats may be off by, in one of so many pairs of pictures. A ReLU or a maximum whose
# inputs are rounded to the other side of its bend moves a gradient by more than rounding.
ROUNDING = 3e-4
TRIES = 3

# Where activations bend, and how far their inputs are from there in the pictures for ssdlite, which has no maxima: further
# than rounding moves them.
BENDS = {nn.Hardswish: (-3, 3), nn.Hardsigmoid: (-3, 3), nn.ReLU6: (0, 6), nn.ReLU: (0,)}
MARGIN = 1e-5

# How large pictures become, for networks that take any size, and those of the training step.
RESIZED = (160, 266)
PUBLISHED = (800, 1333)
STEP = (160, 192)

NETWORKS = ["ssd300_vgg16", "ssdlite320_mobilenet_v3_large", "retinanet_resnet50_fpn", "fcos_resnet50_fpn",
            "fasterrcnn_resnet50_fpn", "fasterrcnn_mobilenet_v3_large_fpn", "fasterrcnn_mobilenet_v3_large_320_fpn"]
LARGE = ["retinanet_resnet50_fpn", "fcos_resnet50_fpn", "fasterrcnn_resnet50_fpn"]

# The logarithm of a layer's standard deviation: logits are spread, and boxes stay near their anchors.
SPREAD = {
    "cls_logits": 1, "cls_score": 1, "classification_head.module_list": 1, "bbox_pred": -2, "bbox_reg": -2,
    "box_predictor.bbox_pred": 0, "fcos bbox_reg": 1, "retinanet cls_logits": -1, "fcos cls_logits": -1,
}


def in_floats(function):
    """What is decided by overlaps is decided as by floats, in which some of them are equal."""
    return lambda a, b: function(a.float(), b.float())


torchvision.ops.boxes.box_iou = in_floats(torchvision.ops.boxes.box_iou)


def without_weights(module, name):
    """Makes backbones that are asked for with weights, so with frozen batch norm, and leaves the weights out."""
    original = getattr(module, name)
    setattr(module, name, lambda weights=None, progress=True, **kwargs: original(weights=None, **kwargs))


for _module in [detection.retinanet, detection.fcos, detection.faster_rcnn]:
    without_weights(_module, "resnet50")
without_weights(detection.faster_rcnn, "mobilenet_v3_large")


def made(name, classes, **kwargs):
    if name.startswith("ssd"):
        return getattr(detection, name)(weights=None, weights_backbone=None, num_classes=classes, **kwargs)
    backbone = MobileNet_V3_Large_Weights.IMAGENET1K_V1 if "mobilenet" in name else ResNet50_Weights.IMAGENET1K_V1
    model = getattr(detection, name)(weights=None, weights_backbone=backbone, num_classes=classes, **kwargs)
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    return model


def golden(name, images, passing=0, layers=0, **kwargs):
    """A network with golden weights, and the exponents by the names of the weights; passing is added to the biases of
    normalisations, and layers to those of other layers before a ReLU, so that most ReLUs are well inside of what they
    pass."""
    model = made(name, CLASSES, **kwargs).double().eval()
    names = {}
    before = None
    for path, module in model.named_modules():
        norm = isinstance(module, (nn.BatchNorm2d, nn.GroupNorm, FrozenBatchNorm2d))
        if isinstance(module, nn.Hardswish):
            before.bias.data -= passing
        before = module
        for own, tensor in list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False)):
            full = path + "." + own
            if own == "num_batches_tracked":
                continue
            if tensor.dim() > 1:
                names[module] = full
                tensor.data.copy_(torch.from_numpy(filters(name_hash(full), tensor.shape)))
                continue
            if own == "scale_weight":
                low, high = 1, 2
            elif norm and own == "weight":
                low, high = 0.5, 1.5
            elif own == "running_var":
                low, high = 0.5, 2
            elif norm:
                low, high = -0.25, 0.25
            else:
                low, high = -0.2, 0.2
            tensor.data.copy_(torch.from_numpy(uniform(name_hash(full), tensor.numel(), low, high)))
            if own == "bias" and norm:
                tensor.data += passing
            elif own == "bias" and any(part in full for part in PASSING_LAYERS):
                tensor.data += layers
    exponents = {}

    def scale(module, given, output):
        full = names[module]
        if full in exponents:
            return output
        bias = 0
        if module.bias is not None:
            bias = module.bias.reshape(-1, 1, 1) if output.dim() == 4 else module.bias
        plain = output - bias
        spread = 0
        for part, wanted in SPREAD.items():
            if part.split(" ")[-1] in full and (" " not in part or name.startswith(part.split(" ")[0])):
                spread = wanted
        exponent = spread - round(float(torch.log2(plain.std())))
        exponents[full] = exponent
        module.weight.data *= 2.0**exponent
        return output + (2.0**exponent - 1) * plain

    hooks = [module.register_forward_hook(scale) for module in names]
    with torch.no_grad():
        model(images[:1])
    for hook in hooks:
        hook.remove()
    return model, exponents


def picture(number, height, width):
    """Noise around a colour, in [0, 1]."""
    noise = uniform(number, height * width * 3, 0, 0.5).reshape(-1, 3) + uniform(-number, 3, 0, 0.5)
    return torch.from_numpy(noise).reshape(height, width, 3).permute(2, 0, 1).double().contiguous()


def limits(name, resized):
    limit = "detections_per_img" if not name.startswith("faster") else "box_detections_per_img"
    sizes = {} if name.startswith("ssd") else {"min_size": resized[0], "max_size": resized[1]}
    return {limit: BOXES, **sizes}


def found(model, images):
    with torch.no_grad():
        results = [model([image])[0] for image in images] + model(images)
    return [[(int(l), float(s), *map(float, b)) for l, s, b in zip(r["labels"], r["scores"], r["boxes"])]
            for r in results]


def agree(a, b):
    for one, other in zip(a, b):
        if len(one) != len(other):
            return False
        for x, y in zip(one, other):
            if x[0] != y[0] or abs(x[1] - y[1]) > 3e-5 or max(abs(p - q) for p, q in zip(x[2:], y[2:])) > 0.03:
                return False
    return True


def exponents_line(exponents):
    return "exponents " + " ".join("%s %d" % item for item in exponents.items())


def detections_of(name, sizes=SIZES, resized=RESIZED):
    for first in range(1, 300, 3):
        images = [picture(first + i, *size) for i, size in enumerate(sizes)]
        model, exponents = golden(name, images, **limits(name, resized))
        results = found(model, images)
        if min(len(r) for r in results) < 5 or not agree(results, found(model.float(), [i.float() for i in images])):
            continue
        lines = [name, "pictures %d" % first, exponents_line(exponents)]
        for result in results:
            lines.append("boxes %d" % len(result))
            lines += ["%d %s" % (box[0], numbers(box[1:])) for box in result]
        print("%-40s pictures from %d, boxes %s, scores %.3f to %.3f" % (
            name, first, [len(r) for r in results], results[0][-1][1], results[0][0][1]), flush=True)
        return lines
    raise SystemExit("%s: floats find something else in all pictures" % name)


def large_detections_of(name):
    return detections_of(name, LARGE_SIZES, PUBLISHED)


def truths(name):
    """Boxes in both pictures of the training step."""
    height, width = step_size(name)
    unit = torch.tensor([width, height, width, height]).double()
    boxes = [[[0.1, 0.15, 0.45, 0.6], [0.5, 0.3, 0.95, 0.9]],
             [[0.3, 0.2, 0.8, 0.75], [0.05, 0.55, 0.3, 0.85], [0.6, 0.05, 0.75, 0.2]]]
    # Rounded to float, as a place may be exactly as far from an edge as it may be.
    return [{"boxes": (torch.tensor(own, dtype=torch.float64) * unit).float().double(), "labels": torch.tensor(labels)}
            for own, labels in zip(boxes, [[2, 5], [1, 3, 6]])]


def step_size(name):
    return {"ssd300_vgg16": (300, 300), "ssdlite320_mobilenet_v3_large": (320, 320)}.get(name, STEP)


def passing(name):
    """What is added to the biases of normalisations and to those of other layers before a ReLU."""
    return PASSING["ssdlite" if name.startswith("ssdlite") else name.split("_")[0]]


def step_settings(name):
    if name.startswith("ssd"):
        return {}
    settings = {"min_size": STEP[0], "max_size": STEP[1]}
    if name.startswith("faster"):
        settings.update(rpn_batch_size_per_image=10**6, rpn_post_nms_top_n_train=20, rpn_pre_nms_top_n_train=40,
                        box_batch_size_per_image=1000, box_positive_fraction=0.5)
    return settings


def step(model, images, targets):
    model.zero_grad()
    dtype = images[0].dtype
    losses = model(images, [{"boxes": t["boxes"].to(dtype), "labels": t["labels"]} for t in targets])
    sum(losses.values()).backward()
    return ({n: float(l) for n, l in losses.items()},
            {path: p.grad.flatten().double().clone() for path, p in model.named_parameters()})


def samples(gradient):
    return [gradient[i % len(gradient)] for i in range(0, 4 * 7919, 7919)]


def projection(path, gradient):
    """The product with random numbers of variance 1: an error anywhere in a gradient is one of about its norm here."""
    return float(gradient @ torch.from_numpy(uniform(name_hash(path + " projection"), len(gradient), -3**0.5, 3**0.5)).double())


def margin(model, images, targets):
    """How close the input of an activation comes to one of its bends."""
    closest = []

    def look(module, given):
        closest.extend(float((given[0] - bend).abs().min()) for bend in BENDS[type(module)])

    hooks = [module.register_forward_pre_hook(look) for module in model.modules() if type(module) in BENDS]
    step(model, images, targets)
    for hook in hooks:
        hook.remove()
    return min(closest)


def difference(path, gradient, floats, floor):
    """How far floats are from what the golden says of a gradient, in parts of it."""
    apart = [abs(float(a - b)) for a, b in zip(samples(gradient), samples(floats))]
    norm = float(gradient.norm()) + floor
    return max(max(apart) / (float(gradient.abs().max()) + floor), abs(float(gradient.norm() - floats.norm())) / norm,
               abs(projection(path, gradient) - projection(path, floats)) / norm)


def gradients_of(name):
    height, width = step_size(name)
    norms, layers = passing(name)
    best = None
    tries = 0
    first = -1
    while tries < TRIES:
        first += 2
        images = [picture(first + i, height, width) for i in range(2)]
        model, exponents = golden(name, images, norms, layers, **step_settings(name))
        model.train()
        state = {n: t.clone() for n, t in model.state_dict().items()}
        if name.startswith("ssdlite") and margin(model, images, truths(name)) < MARGIN:
            continue
        tries += 1
        model.load_state_dict(state)
        losses, gradients = step(model, images, truths(name))
        model.load_state_dict(state)
        model.float()
        _, floats = step(model, [i.float() for i in images], truths(name))
        most = max(float(g.norm()) for g in gradients.values())
        for share in BATCHES_SHARES if name.startswith("ssdlite") else SHARES:
            apart, where = max((difference(p, g, floats[p], share * most), p) for p, g in gradients.items())
            if apart < ROUNDING:
                break
        print("%-40s pictures from %d: %s, floats differ by %.2g with %g of the largest (%s)" % (
            name, first, {n: round(l, 4) for n, l in losses.items()}, apart, share, where), flush=True)
        if best is None or (apart, share) < best[:2]:
            best = apart, share, first, exponents, losses, gradients
        if apart < ROUNDING:
            break
    apart, share, first, exponents, losses, gradients = best
    lines = [name, "pictures %d" % first, "passing %g %g" % (norms, layers), "floats %.2g %g" % (apart, share),
             exponents_line(exponents), "losses " + " ".join("%s %.9g" % item for item in losses.items())]
    for path, gradient in gradients.items():
        own = [gradient.norm(), gradient.abs().max(), projection(path, gradient)] + samples(gradient)
        lines.append("%s %s" % (path, numbers(own)))
    return lines


def older(model):
    """The names of a model's tensors in torchvision before 2022, which its published weights have, by those of today;
    torchvision reads a state dict without versions as such a one."""
    names = {}
    for path in model.state_dict():
        was = re.sub(r"(fpn\.(inner|layer)_blocks\.\d+)\.0\.", r"\1.", path)
        was = re.sub(r"rpn\.head\.conv\.0\.0\.", "rpn.head.conv.", was)
        was = re.sub(r"(_head\.conv\.)(\d)\.0\.", lambda found: "%s%d." % (found[1], 2 * int(found[2])), was)
        names[path] = was
    model.load_state_dict({names[path]: tensor for path, tensor in model.state_dict().items()})
    return names


def state_dict_of(name):
    torch.manual_seed(1)
    model = made(name, 91)
    parameters = sum(p.numel() for p in model.parameters())
    before = older(model)
    lines = ["%s %s %s %s" % (path, before[path], "scalar" if tensor.dim() == 0 else "x".join(map(str, tensor.shape)),
                              first_values(tensor)) for path, tensor in model.state_dict().items()]
    print("%-40s %11d parameters" % (name, parameters), flush=True)
    return ["%s %d" % (name, parameters)] + lines


if __name__ == "__main__":
    torch.set_num_threads(1)
    parts = {"state": ("detector_state_dicts.txt.gz", NETWORKS, state_dict_of),
             "boxes": ("detections.txt.gz", NETWORKS, detections_of),
             "large": ("large_detections.txt.gz", LARGE, large_detections_of),
             "gradients": ("detector_gradients.txt.gz", NETWORKS, gradients_of)}
    for part in sys.argv[1:2] or parts:
        file, networks, lines_of = parts[part]
        if sys.argv[2:]:
            for name in sys.argv[2:]:
                print("\n".join(lines_of(name)))
        else:
            write(file, networks, lines_of)
