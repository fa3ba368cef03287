"""Makes the golden of AugmentationGoldenTest: what torchvision makes of an image with drawn parameters given.

/usr/bin/python3 augment.py core/src/test/resources/stride/data/augment.txt (Debian: python3-torchvision).
A line is an operation, its parameter, and the values of a 6x8 image of 3 channels, (H, W, C).
"""

import sys

import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F
from torchvision.transforms.autoaugment import _apply_op

HEIGHT, WIDTH = 6, 8
BILINEAR = InterpolationMode.BILINEAR


def noise():
    state, data = 1, []
    for _ in range(HEIGHT * WIDTH * 3):
        state = (state * 1664525 + 1013904223) % 2**32
        data.append(state >> 24)
    return torch.tensor(data, dtype=torch.uint8).reshape(HEIGHT, WIDTH, 3).permute(2, 0, 1)


bytes_ = noise()
image = bytes_.float() / 255


def levels(name, magnitude):
    return _apply_op(bytes_, name, magnitude, BILINEAR, None).float() / 255


# An image of few levels, so that equalize has steps.
def equalized():
    few = (bytes_ // 64) * 20
    return F.equalize(few).float() / 255


LINES = [
    ("brightness", 1.7, F.adjust_brightness(image, 1.7)),
    ("contrast", 0.4, F.adjust_contrast(image, 0.4)),
    ("contrast", 1.6, F.adjust_contrast(image, 1.6)),
    ("saturation", 0.3, F.adjust_saturation(image, 0.3)),
    ("saturation", 1.9, F.adjust_saturation(image, 1.9)),
    ("hue", 0.3, F.adjust_hue(image, 0.3)),
    ("hue", -0.15, F.adjust_hue(image, -0.15)),
    ("sharpness", 0.1, F.adjust_sharpness(image, 0.1)),
    ("sharpness", 1.9, F.adjust_sharpness(image, 1.9)),
    ("rotate", 25, F.rotate(image, 25, interpolation=BILINEAR)),
    ("rotate", -70, F.rotate(image, -70, interpolation=BILINEAR)),
    ("shearX", 0.3, _apply_op(image, "ShearX", 0.3, BILINEAR, None)),
    ("shearY", -0.2, _apply_op(image, "ShearY", -0.2, BILINEAR, None)),
    ("translateX", 3, _apply_op(image, "TranslateX", 3, BILINEAR, None)),
    ("translateY", -2, _apply_op(image, "TranslateY", -2, BILINEAR, None)),
    ("posterize", 3, levels("Posterize", 3)),
    ("solarize", 100, levels("Solarize", 100)),
    ("autoContrast", 0, F.autocontrast(image * 0.5 + 0.2)),
    ("equalize", 0, equalized()),
    ("crop", 0, F.resized_crop(image, 1, 2, 4, 5, [HEIGHT, WIDTH], BILINEAR)),
    ("flip", 0, F.hflip(image)),
]

with open(sys.argv[1], "w") as out:
    for name, parameter, result in LINES:
        values = " ".join("%.7g" % value for value in result.permute(1, 2, 0).flatten().tolist())
        out.write(f"{name} {parameter} {values}\n")
