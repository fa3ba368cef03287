#!/usr/bin/python3
"""train_fastestdet.py WEIGHTS VOC [SEED [EPOCHS]]: the training of docs/trainings.md in PyTorch, with its settings, on a folder
of Pascal VOC. Prints the loss of each epoch, and at the end the average precision at an overlap of a half on the test
list. (Debian: python3-torch, python3-torchvision, python3-pil)"""

import math
import pathlib
import sys
import time
import xml.etree.ElementTree as tree

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import functional as T

from fastestdet import SIDE, FastestDet, boxes, loss, resize

RATE, MOMENTUM, DECAY, BATCH = 0.005, 0.9, 5e-4, 16


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


def varied(picture, rows, random):
    """Made larger or smaller by up to a quarter, mirrored half of the time, colours varied a little."""
    height, width = picture.shape[:2]
    scale = random.uniform(0.8, 1.25)
    shown_width, shown_height = width / scale, height / scale
    left, top = random.uniform(0, 1, 2) * (width - shown_width, height - shown_height)
    image = Image.fromarray(picture).transform(
        (SIDE, SIDE), Image.AFFINE, (shown_width / SIDE, 0, left, 0, shown_height / SIDE, top), Image.BILINEAR)
    rows = rows.copy()
    rows[:, [1, 3]] = (rows[:, [1, 3]] - left) * SIDE / shown_width
    rows[:, [2, 4]] = (rows[:, [2, 4]] - top) * SIDE / shown_height
    middle = (rows[:, 1:3] + rows[:, 3:5]) / 2
    rows = rows[((middle >= 0) & (middle < SIDE)).all(1)]
    rows[:, 1:] = rows[:, 1:].clip(0, SIDE)
    if random.uniform() < 0.5:
        image = T.hflip(image)
        rows[:, [1, 3]] = SIDE - rows[:, [3, 1]]
    for change, amount in ((T.adjust_brightness, 0.1), (T.adjust_contrast, 0.2), (T.adjust_saturation, 0.2)):
        image = change(image, random.uniform(1 - amount, 1 + amount))
    image = T.adjust_hue(image, random.uniform(-0.02, 0.02))
    return np.asarray(image), rows


def batch(samples):
    images = torch.stack([torch.from_numpy(image[:, :, ::-1].transpose(2, 0, 1).copy()) for image, _ in samples])
    targets = [[n, row[0], (row[1] + row[3]) / 2 / SIDE, (row[2] + row[4]) / 2 / SIDE,
                (row[3] - row[1]) / SIDE, (row[4] - row[2]) / SIDE] for n, (_, rows) in enumerate(samples) for row in rows]
    return images.float() / 255, torch.tensor(targets, dtype=torch.float32).reshape(-1, 6)


def start(weights, classes, seed):
    """The network with a file's weights, but for what depends on the number of classes."""
    torch.manual_seed(seed)
    model = FastestDet(classes)
    own = model.state_dict()
    stored = torch.load(weights, map_location="cpu")
    own.update({name: tensor for name, tensor in stored.items() if tensor.shape == own[name].shape})
    model.load_state_dict(own)
    return model


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


def measured(model, samples, classes):
    model.eval()
    found, known = [], []
    with torch.no_grad():
        for picture, rows in samples:
            image = resize(picture[:, :, ::-1], SIDE, SIDE).transpose(2, 0, 1).copy()
            box, score, label = boxes(model(torch.from_numpy(image)[None].float() / 255))[0]
            height, width = picture.shape[:2]
            found.append((box.numpy() * [width, height, width, height], score.numpy(), label.numpy()))
            known.append(rows)
    each = [average_precision(found, known, label) for label in range(classes)]
    return float(np.nanmean(each))


def one_cycle(step, steps):
    """torch.optim.lr_scheduler.OneCycleLR's factor."""
    peak = 0.3 * steps - 1
    if step <= peak:
        return 1 / 25 + (1 - 1 / 25) * (1 - math.cos(math.pi * step / peak)) / 2
    return 1e-4 / 25 + (1 - 1e-4 / 25) * (1 + math.cos(math.pi * (step - peak) / (steps - 1 - peak))) / 2


def main():
    weights, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    epochs = int(sys.argv[4]) if len(sys.argv) > 4 else 40
    torch.set_num_threads(2)
    train, test = read(folder, "train"), read(folder, "test")
    labels = sorted({row[0] for _, rows in train for row in rows})
    train, test = numbered(train, labels), numbered(test, labels)
    model = start(weights, len(labels), seed)
    random = np.random.default_rng(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    steps = epochs * -(-len(train) // BATCH)
    step = 0
    began, used = time.time(), time.process_time()
    for epoch in range(epochs):
        model.train()
        order = random.permutation(len(train))
        total = 0.0
        for first in range(0, len(order), BATCH):
            chosen = [varied(*train[i], random) for i in order[first:first + BATCH]]
            images, targets = batch(chosen)
            for group in optimizer.param_groups:
                group["lr"] = RATE * one_cycle(step, steps)
            value = loss(model(images), targets)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total += value.item() * len(chosen)
            step += 1
        print("epoch %d: loss %.4f, %.0f s, %.0f s of the processor"
              % (epoch + 1, total / len(train), time.time() - began, time.process_time() - used), flush=True)
    print("AP50 on the test list: %.2f %%" % (100 * measured(model, test, len(labels))))


if __name__ == "__main__":
    main()
