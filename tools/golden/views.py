#!/usr/bin/python3
"""views.py: which parts of pictures augmentations show, into core/src/test/resources/stride/data/views.txt.

Debian: python3-torchvision. Written from the papers (Liu et al. 2016, section 2.2, with the numbers of torchvision's
references: sides of 0.3 to 1 of the picture's, 40 tries a threshold; Ghiasi et al. 2021, section 3). The draws are those
of the counter-based generator of zoo.py, in the order that the Javadoc of the augmentations gives them. A line is an
augmentation, a picture, a key, and left, top, width and height of the part in pixels of the picture.
"""

import math
import pathlib

import torch
from torchvision.ops import box_iou

FILE = pathlib.Path(__file__).parents[2] / "core/src/test/resources/stride/data/views.txt"
GOLDEN = 0x9E3779B97F4A7C15
KEYS = 40

# Width, height, and the boxes of what is in the picture.
PICTURES = [
    (96, 64, [(9, 12, 48, 44), (60, 5, 90, 60)]),
    (640, 427, [(0, 0, 640, 427)]),
    (53, 200, [(5, 150, 12, 158), (40, 3, 53, 21), (20, 20, 24, 190)]),
]


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


def bits(key, counter):
    return mix((key + (counter + 1) * GOLDEN) % 2**64)


def uniform(key, counter):
    return (bits(key, counter) >> 11) / 2**53


def crop(key, width, height, boxes):
    boxes = torch.tensor(boxes, dtype=torch.float64)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    for turn in range(50):
        draw = bits(key, turn)
        choice = (bits(draw, 0) >> 32) * 7 >> 32
        if choice == 6:
            break
        threshold = (0, 0.1, 0.3, 0.5, 0.7, 0.9)[choice]
        for attempt in range(40):
            own = bits(draw, 1 + attempt)
            w = math.floor(width * (0.3 + 0.7 * uniform(own, 0)))
            h = math.floor(height * (0.3 + 0.7 * uniform(own, 1)))
            if not 0.5 <= w / h <= 2:
                continue
            x = math.floor((width - w) * uniform(own, 2))
            y = math.floor((height - h) * uniform(own, 3))
            corner = torch.tensor([x, y], dtype=torch.float64)
            size = torch.tensor([w, h], dtype=torch.float64)
            inside = ((middles > corner) & (middles < corner + size)).all(1)
            part = torch.cat([corner, corner + size])[None]
            if inside.any() and box_iou(boxes[inside], part).max() >= threshold:
                return x, y, w, h
    return 0, 0, width, height


def zoom_out(key, width, height, boxes):
    if uniform(key, 0) >= 0.5:
        return 0, 0, width, height
    factor = 1 + 3 * uniform(key, 1)
    w, h = math.floor(width * factor), math.floor(height * factor)
    # Where the picture lies on the paper.
    x = math.floor((w - width) * uniform(key, 2))
    y = math.floor((h - height) * uniform(key, 3))
    return -x, -y, w, h


def jitter(key, width, height, boxes):
    scale = 0.1 + 1.9 * uniform(key, 0)
    # The scaled picture's place in an image of the picture's size, in pixels of the image.
    x = (width - scale * width) * uniform(key, 1)
    y = (height - scale * height) * uniform(key, 2)
    return -x / scale, -y / scale, width / scale, height / scale


with open(FILE, "w") as out:
    for name, view in (("crop", crop), ("zoom", zoom_out), ("jitter", jitter)):
        for number, picture in enumerate(PICTURES):
            for turn in range(KEYS):
                key = bits(7, turn)
                # Java's keys are signed.
                signed = key - 2**64 if key >= 2**63 else key
                print(name, number, signed, *("%.9g" % value for value in view(key, *picture)), file=out)
