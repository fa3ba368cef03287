#!/usr/bin/python3
"""train_detector.py NETWORK WEIGHTS VOC [SEED [EPOCHS [PART]]]: a training of docs/trainings.md in PyTorch, with
Stride's settings and the same variation of pictures, on a folder of Pascal VOC. NETWORK is fastestdet or a name of
torchvision's, WEIGHTS a file or "none". Prints a line an epoch, and the average precision at an overlap of a half on a
list: test, or PART. (Debian: python3-torch, python3-torchvision, python3-pil)"""

import math
import pathlib
import sys
import time
import xml.etree.ElementTree as tree

import numpy as np
import torch
import torchvision
from PIL import Image

import fastestdet


def read(folder, part):
    """(picture, boxes) of a list: red, green and blue, and rows of class, left, top, right, bottom."""
    samples = []
    for name in (folder / "ImageSets/Main" / (part + ".txt")).read_text().split():
        rows = []
        for found in tree.parse(folder / "Annotations" / (name + ".xml")).getroot().iter("object"):
            box = found.find("bndbox")
            left, top, right, bottom = (float(box.findtext(edge)) for edge in ("xmin", "ymin", "xmax", "ymax"))
            if left < right and top < bottom:
                rows.append((found.findtext("name"), left, top, right, bottom))
        picture = np.asarray(Image.open(folder / "JPEGImages" / (name + ".jpg")).convert("RGB"))
        samples.append((picture, rows))
    return samples


def numbered(samples, labels):
    return [(picture, np.array([[labels.index(row[0]), *row[1:]] for row in rows], np.float64).reshape(-1, 5))
            for picture, rows in samples]


def drawn(picture, left, top, width, height, side):
    """A part of a picture as (side, side, 3) in [0, 1], interpolated between the middles of pixels; black beyond it."""

    def places(start, length, size):
        place = start + (np.arange(side) + 0.5) * length / side
        middle = np.maximum(place - 0.5, 0)
        first = np.minimum(middle.astype(int), size - 1)
        share = (middle - first).astype(np.float32)
        return (place >= 0) & (place < size), first, np.minimum(first + 1, size - 1), share

    inside_x, x1, x2, right = places(left, width, picture.shape[1])
    inside_y, y1, y2, below = places(top, height, picture.shape[0])
    right, below = right[None, :, None], below[:, None, None]
    upper, lower = picture[y1].astype(np.float32), picture[y2].astype(np.float32)
    upper = (1 - right) * upper[:, x1] + right * upper[:, x2]
    lower = (1 - right) * lower[:, x1] + right * lower[:, x2]
    image = ((1 - below) * upper + below * lower) / 255
    return image * (inside_y[:, None] & inside_x)[:, :, None]


def varied(picture, rows, side, settings, random):
    """Made larger or smaller, mirrored half of the time, colours varied: (3, side, side) and the boxes in it."""
    height, width = picture.shape[:2]
    scale = random.uniform(*settings["scale"])
    shown_width, shown_height = width / scale, height / scale
    left, top = random.uniform(0, 1, 2) * (width - shown_width, height - shown_height)
    image = torch.from_numpy(drawn(picture, left, top, shown_width, shown_height, side).transpose(2, 0, 1).copy())
    rows = rows.copy()
    rows[:, [1, 3]] = (rows[:, [1, 3]] - left) * side / shown_width
    rows[:, [2, 4]] = (rows[:, [2, 4]] - top) * side / shown_height
    middle = (rows[:, 1:3] + rows[:, 3:5]) / 2
    rows = rows[((middle >= 0) & (middle < side)).all(1)]
    rows[:, 1:] = rows[:, 1:].clip(0, side)
    if random.uniform() < 0.5:
        image = image.flip(2)
        rows[:, [1, 3]] = side - rows[:, [3, 1]]
    return torchvision.transforms.ColorJitter(*settings["colours"])(image), rows


class FastestDet:
    """What a training needs of FastestDet; pictures come as (3, side, side) in [0, 1], red first."""

    side = fastestdet.SIDE
    settings = dict(rate=0.02, momentum=0.9, decay=5e-4, batch=16, epochs=20, scale=(0.8, 1.25),
                    colours=(0.1, 0.2, 0.2, 0.02))

    def __init__(self, classes, weights):
        self.model = fastestdet.FastestDet(classes)
        own = self.model.state_dict()
        stored = {} if weights is None else torch.load(weights, map_location="cpu")
        own.update({name: tensor for name, tensor in stored.items() if tensor.shape == own[name].shape})
        self.model.load_state_dict(own)

    def loss(self, images, boxes):
        targets = [[n, row[0], (row[1] + row[3]) / 2 / self.side, (row[2] + row[4]) / 2 / self.side,
                    (row[3] - row[1]) / self.side, (row[4] - row[2]) / self.side]
                   for n, rows in enumerate(boxes) for row in rows]
        outputs = self.model(torch.stack(images).flip(1))
        return fastestdet.loss(outputs, torch.tensor(targets, dtype=torch.float32).reshape(-1, 6))

    def found(self, picture):
        """Boxes in pixels, scores and labels."""
        image = fastestdet.resize(picture[:, :, ::-1], self.side, self.side).transpose(2, 0, 1).copy()
        box, score, label = fastestdet.boxes(self.model(torch.from_numpy(image)[None].float() / 255))[0]
        height, width = picture.shape[:2]
        return box.numpy() * [width, height, width, height], score.numpy(), label.numpy()


class SsdLite:
    """What a training needs of torchvision's SSDLite, whose label 0 is the background; as Stride does it with --batch 8
    --lr 0.03 --schedule one-cycle --epochs 30 --augment light."""

    side = 320
    settings = dict(rate=0.03, momentum=0.9, decay=4e-5, batch=8, epochs=30, scale=(1, 1), colours=(0, 0, 0, 0))

    def __init__(self, classes, weights):
        self.model = torchvision.models.detection.ssdlite320_mobilenet_v3_large(
            weights=None, weights_backbone=None, num_classes=classes + 1)
        if weights is not None:
            self.model.load_state_dict(torch.load(weights, map_location="cpu"))

    def loss(self, images, boxes):
        targets = [{"boxes": torch.tensor(rows[:, 1:], dtype=torch.float32),
                    "labels": torch.tensor(rows[:, 0], dtype=torch.int64) + 1} for rows in boxes]
        return sum(self.model(images, targets).values())

    def found(self, picture):
        image = torch.from_numpy(picture.transpose(2, 0, 1).copy()).float() / 255
        found = self.model([image])[0]
        return found["boxes"].numpy(), found["scores"].numpy(), found["labels"].numpy() - 1


NETWORKS = {"fastestdet": FastestDet, "ssdlite320_mobilenet_v3_large": SsdLite}


def overlaps(box, others):
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = (high - low).clip(0).prod(1)
    return common / ((box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - common)


def average_precision(found, known, label):
    """COCO's at an overlap of a half. found: for each picture (boxes, scores, labels), known: rows of class and box."""
    rows = []
    objects = 0
    for (box, score, labels), truth in zip(found, known):
        truth = truth[truth[:, 0] == label][:, 1:]
        objects += len(truth)
        taken = np.zeros(len(truth), bool)
        for i in np.nonzero(labels == label)[0][:100]:
            overlap = np.where(taken, -1, overlaps(box[i], truth)) if len(truth) else np.zeros(0)
            best = len(overlap) - 1 - int(overlap[::-1].argmax()) if len(overlap) else -1
            right = best >= 0 and overlap[best] >= 0.5
            if right:
                taken[best] = True
            rows.append((score[i], right))
    if objects == 0:
        return math.nan
    right = np.array([right for _, right in sorted(rows, key=lambda row: -row[0])], float)
    recall = right.cumsum() / objects
    precision = np.maximum.accumulate((right.cumsum() / np.arange(1, len(right) + 1))[::-1])[::-1]
    places = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.mean([precision[place] if place < len(precision) else 0 for place in places]))


def measured(network, samples, classes):
    """Of each class, and of all."""
    network.model.eval()
    with torch.no_grad():
        found = [network.found(picture) for picture, _ in samples]
    each = [average_precision(found, [rows for _, rows in samples], label) for label in range(classes)]
    return each, float(np.nanmean(each))


def one_cycle(step, steps):
    """torch.optim.lr_scheduler.OneCycleLR's factor."""
    peak = 0.3 * steps - 1
    if step <= peak:
        return 1 / 25 + (1 - 1 / 25) * (1 - math.cos(math.pi * step / peak)) / 2
    return 1e-4 / 25 + (1 - 1e-4 / 25) * (1 + math.cos(math.pi * (step - peak) / (steps - 1 - peak))) / 2


def main():
    name, weights, folder = sys.argv[1], None if sys.argv[2] == "none" else sys.argv[2], pathlib.Path(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    part = sys.argv[6] if len(sys.argv) > 6 else "test"
    torch.set_num_threads(2)
    train, test = read(folder, "train"), read(folder, part)
    labels = sorted({row[0] for _, rows in train for row in rows})
    train, test = numbered(train, labels), numbered(test, labels)
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = NETWORKS[name](len(labels), weights)
    settings, model = network.settings, network.model
    epochs = int(sys.argv[5]) if len(sys.argv) > 5 else settings["epochs"]
    optimizer = torch.optim.SGD(
        model.parameters(), lr=settings["rate"], momentum=settings["momentum"], weight_decay=settings["decay"])
    steps = epochs * -(-len(train) // settings["batch"])
    step = 0
    began, used = time.time(), time.process_time()
    for epoch in range(epochs):
        model.train()
        order = random.permutation(len(train))
        total = 0.0
        for first in range(0, len(order), settings["batch"]):
            chosen = [varied(*train[i], network.side, settings, random) for i in order[first:first + settings["batch"]]]
            for group in optimizer.param_groups:
                group["lr"] = settings["rate"] * one_cycle(step, steps)
            value = network.loss([image for image, _ in chosen], [rows for _, rows in chosen])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total += value.item() * len(chosen)
            step += 1
        print("epoch %d: loss %.4f, %.0f s, %.0f s of the processor"
              % (epoch + 1, total / len(train), time.time() - began, time.process_time() - used), flush=True)
    each, mean = measured(network, test, len(labels))
    print("AP50 on the %s list: %.2f %% (%s)"
          % (part, 100 * mean, ", ".join("%s %.1f" % (label, 100 * one) for label, one in zip(labels, each))))


if __name__ == "__main__":
    main()
