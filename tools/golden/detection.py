#!/usr/bin/python3
"""detection.py: what torchvision computes with boxes, into core/src/test/resources/stride/box/torchvision.txt.gz.

Each line is a name and numbers. What is given is drawn from the counter-based generator of zoo.py, or is a number
before "->" in this file's tables; the tests draw the same.
"""

import gzip
import pathlib

import torch
import torch.nn.functional as F
import torchvision.ops as ops
from torchvision.models.detection import _utils as det
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import poolers

from zoo import integers, uniform

FILE = pathlib.Path(__file__).parents[2] / "core/src/test/resources/stride/box/torchvision.txt.gz"
torch.set_num_threads(1)
lines = []


def put(name, values):
    values = torch.as_tensor(values).flatten().tolist()
    lines.append(name + "".join(" %d" % v if isinstance(v, (int, bool)) else " %.9g" % v for v in values))


def boxes(of, count, size):
    """So many boxes in a square picture, some of them over its edge."""
    u = torch.from_numpy(uniform(of, 4 * count, 0, 1)).double().reshape(count, 4)
    x, y = (u[:, 0] - 0.1) * size, (u[:, 1] - 0.1) * size
    return torch.stack([x, y, x + (0.05 + 0.4 * u[:, 2]) * size, y + (0.05 + 0.4 * u[:, 3]) * size], 1).float()


def numbers(of, count, low, high):
    return torch.from_numpy(uniform(of, count, low, high))


def below(of, count, bound):
    return torch.from_numpy(integers(of, count) % bound)


# Overlaps, with boxes that are equal, side by side, within one another and without width.
a = torch.cat([boxes(1, 8, 100), torch.tensor([[10., 10, 20, 20], [10, 10, 20, 20], [20, 10, 30, 20], [12, 12, 15, 18]])])
b = torch.cat([boxes(2, 6, 100), torch.tensor([[10., 10, 20, 20], [20, 20, 30, 30], [15, 0, 15, 40]])])
put("iou", ops.box_iou(a, b))
put("giou", ops.generalized_box_iou(a, b))
put("ciou", ops.complete_box_iou(a, b))
put("clipped", ops.clip_boxes_to_image(a, (60, 80)))
put("large", ops.remove_small_boxes(ops.clip_boxes_to_image(boxes(3, 40, 100), (60, 80)), 12.5))

# Coders.
objects, anchors = boxes(4, 9, 200), boxes(5, 9, 200)
codes = numbers(6, 36, -3, 3).reshape(9, 4)
wide = codes * 3
for name, weights in (("unit", (1., 1., 1., 1.)), ("ten", (10., 10., 5., 5.))):
    coder = det.BoxCoder(weights)
    put("encode." + name, coder.encode_single(objects, anchors))
    put("decode." + name, coder.decode_single(codes, anchors))
    put("decode.wide." + name, coder.decode_single(wide, anchors))
for name, by_size in (("size", True), ("pixels", False)):
    coder = det.BoxLinearCoder(by_size)
    put("linear.encode." + name, coder.encode(anchors, objects))
    put("linear.decode." + name, coder.decode(codes, anchors))

# Anchors: RetinaNet's sizes and odd ones on maps that do not divide the picture.
def maps(*sizes):
    return [torch.zeros(1, 1, h, w) for h, w in sizes]


def picture(height, width):
    return ImageList(torch.zeros(1, 3, height, width), [(height, width)])


retina = tuple((x, int(x * 2 ** (1 / 3)), int(x * 2 ** (2 / 3))) for x in (32, 128))
put("anchors.retinanet", AnchorGenerator(retina, ((0.5, 1.0, 2.0),) * 2)(picture(100, 75), maps((3, 2), (2, 1)))[0])
put("anchors.odd", AnchorGenerator(((7, 15),), ((0.3, 1.7),))(picture(64, 96), maps((2, 3)))[0])
ssd300 = DefaultBoxGenerator([[2], [2, 3], [2, 3], [2, 3], [2], [2]],
                             scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05], steps=[8, 16, 32, 64, 100, 300])
found = ssd300(picture(300, 300), maps((38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)))[0]
put("default.count", len(found))
put("default.ssd300", found[::211])
lite = DefaultBoxGenerator([[2, 3] for _ in range(6)], min_ratio=0.2, max_ratio=0.95)
found = lite(picture(320, 320), maps((20, 20), (10, 10), (5, 5), (3, 3), (2, 2), (1, 1)))[0]
put("default.lite", found[::83])
put("default.one", DefaultBoxGenerator([[2]], clip=False, min_ratio=0.4, max_ratio=1.4)(picture(40, 60), maps((2, 1)))[0])

# Suppression, with equal scores, by both of torchvision's ways.
for count, classes in ((300, 5), (1000, 80), (1200, 3)):
    given = ops.clip_boxes_to_image(boxes(count, count, 640), (640, 640))
    scores = (below(count + 1, count, 50) / 50).float()
    labels = below(count + 2, count, classes)
    for threshold in (0.45, 0.7):
        stays = ops.batched_nms(given, scores, labels, threshold)
        if count > 1000:
            # Of more boxes torchvision sorts equal scores in no order of its own; here the earlier one is first.
            stays = stays.sort()[0]
            stays = stays[scores[stays].sort(descending=True, stable=True)[1]]
        put("suppressed.%d.%g" % (count, threshold), stays)
        put("suppressed.plain.%d.%g" % (count, threshold), ops.nms(given, scores, threshold))

# Matching; whole numbers make equal overlaps.
for name, objects, anchors in (
        ("drawn", boxes(7, 6, 100), boxes(8, 60, 100)),
        ("whole", boxes(9, 9, 12).round(), boxes(10, 90, 12).round() + torch.tensor([0., 0, 1, 1]))):
    quality = ops.box_iou(objects, anchors)
    put("match.rpn." + name, det.Matcher(0.7, 0.3, allow_low_quality_matches=True)(quality))
    put("match.retinanet." + name, det.Matcher(0.5, 0.4, allow_low_quality_matches=True)(quality))
    put("match.roi." + name, det.Matcher(0.5, 0.5)(quality))
    put("match.ssd." + name, det.SSDMatcher(0.5)(quality))
labels = below(11, 40, 3) - 1
positive, negative = det.BalancedPositiveNegativeSampler(200, 0.25)([labels])
put("sampled.positive", torch.where(positive[0])[0])
put("sampled.negative", torch.where(negative[0])[0])
losses = (below(12, 60, 20) / 4).float()[None]
classes = (below(13, 60, 9) - 6).clamp(min=0)[None]
losses[classes > 0] = -float("inf")
wrong = losses.sort(1, descending=True)[1].sort(1)[1] < 3 * (classes > 0).sum(1, keepdim=True)
put("hard", torch.where(wrong[0])[0])

# RoIAlign: regions within, over the edge, tiny, outside.
regions = torch.cat([boxes(14, 3, 40), torch.tensor([[-20., -20, 10, 10], [30, 30, 90, 70], [5, 5, 5.2, 5.3], [60, 60, 90, 90]])])
for samples in (0, 2):
    for aligned in (False, True):
        values = numbers(15, 2 * 7 * 9 * 3, -1, 1).reshape(2, 7, 9, 3).permute(0, 3, 1, 2).requires_grad_()
        indexed = torch.cat([torch.arange(len(regions))[:, None] % 2, regions], 1)
        bins = ops.roi_align(values, indexed, (3, 2), 0.25, samples, aligned)
        bins.backward(numbers(16, bins.numel(), -1, 1).reshape(-1, 3, 2, 3).permute(0, 3, 1, 2))
        name = "%d.%s" % (samples, "aligned" if aligned else "legacy")
        put("roi." + name, bins.permute(0, 2, 3, 1))
        put("roi.gradient." + name, values.grad.permute(0, 2, 3, 1))
sides = torch.tensor([1., 10, 55, 56, 57, 111.9, 112, 113, 223, 224, 225, 447.9, 448, 449, 895, 896, 2000])
squares = torch.stack([sides * 0, sides * 0, sides, sides], 1)
put("levels.4", poolers.initLevelMapper(2, 5)([torch.cat([squares, boxes(17, 20, 1500)])]))
put("levels.2", poolers.initLevelMapper(4, 5, 160, 3)([squares]))
put("scales", [poolers._infer_scale(torch.zeros(1, 1, m, m), [p, p]) for m, p in
               ((200, 800), (100, 800), (50, 800), (25, 800), (13, 800), (334, 1333), (10, 320), (20, 333))])


# Parts of losses: value, then gradient.
def loss(name, given, compute):
    given = given.clone().requires_grad_()
    value = compute(given)
    value.backward()
    put("loss." + name, torch.cat([value.detach()[None], given.grad.flatten()]))


predicted, targets = numbers(18, 30, -2, 2), numbers(19, 30, -2, 2)
for beta in (0, 1 / 9, 1):
    loss("smooth.%.2f" % beta, predicted, lambda p: F.smooth_l1_loss(p, targets, reduction="sum", beta=beta))
logits = numbers(20, 24, -6, 6).reshape(4, 6)
chosen = torch.zeros(4, 6)
for row, label in enumerate((2, -1, 0, 5)):
    if label >= 0:
        chosen[row, label] = 1
for alpha, gamma in ((0.25, 2), (-1, 1.5), (0.6, 0)):
    loss("focal.%g.%g" % (alpha, gamma), logits,
         lambda z: ops.sigmoid_focal_loss(z, chosen, alpha, gamma, reduction="sum"))
loss("softmax", logits, lambda z: F.cross_entropy(z, torch.tensor([2, 1, 0, 5]), reduction="sum"))
shares = numbers(21, 24, 0, 1).reshape(4, 6)
loss("sigmoid", logits, lambda z: F.binary_cross_entropy_with_logits(z, shares, reduction="sum"))
first, second = a[:9], torch.cat([b[:6], torch.tensor([[10., 10, 20, 20], [20, 20, 30, 30], [10, 12, 24, 19]])])
for name, compute in (("giou", ops.generalized_box_iou_loss), ("diou", ops.distance_box_iou_loss),
                      ("ciou", ops.complete_box_iou_loss)):
    loss(name, first, lambda p: compute(p, second, reduction="sum"))

FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
