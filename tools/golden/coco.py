#!/usr/bin/python3
"""coco.py: pycocotools' measure of generated detections, into core/src/test/resources/stride/detection/coco.txt.

Needs pycocotools (pip install pycocotools, in an environment of its own) and NumPy. A line is the name of a set of
pictures and pycocotools' twelve numbers, and then for each class its AP and AP50; -1 where there is no object. The sets
are drawn from the counter-based generator of zoo.py, as the tests draw them: equal scores, crowds, ignored objects, empty
pictures, pictures with more than 100 detections of a class, a class that no picture has.
"""

import contextlib
import io
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FILE = pathlib.Path(__file__).parents[2] / "core/src/test/resources/stride/detection/coco.txt"
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


def bits(key, counter):
    return mix((key + (counter + 1) * GOLDEN) % 2**64)


class Draws:
    """One whole number after the other: stride.tensor.CounterRandom's."""

    def __init__(self, of):
        self.key = bits(bits(mix(7 ^ GOLDEN), of), 0)
        self.count = 0

    def below(self, bound):
        self.count += 1
        return (bits(self.key, self.count - 1) >> 40) % bound


def draw(of, pictures, classes, most):
    draws = Draws(of)
    below = draws.below
    truths, found = [], []

    def box(label):
        side = (20, 90, 250)[below(3)]
        return [label, below(400), below(300), 1 + below(side), 1 + below(side)]

    for picture in range(pictures):
        count = 0 if below(5) == 0 else below(most + 1)
        own = []
        for _ in range(count):
            drawn = box(below(classes - 1))
            own.append(drawn)
            truths.append((picture, drawn, below(8) == 0, below(10) == 0, drawn[3] * drawn[4] * (5 + below(6)) / 10))
        for _ in range(0 if below(6) == 0 else below(2 * most + 1)):
            if own and below(3) > 0:
                label, x, y, w, h = own[below(len(own))]
                label = label if below(5) > 0 else below(classes)
                drawn = [label, x + below(11) - 5, y + below(11) - 5, max(1, w + below(11) - 5), max(1, h + below(11) - 5)]
            else:
                drawn = box(below(classes))
            found.append((picture, drawn, float(np.float32(below(20) / 20))))
    return truths, found


class Eval(COCOeval):
    """With objects that are ignored and no crowds: pycocotools' flag for them is overwritten by that of crowds."""

    def _prepare(self):
        super()._prepare()
        for truths in self._gts.values():
            for truth in truths:
                truth["ignore"] = truth["iscrowd"] or truth["skipped"]


def measure(name, of, pictures, classes, most):
    truths, found = draw(of, pictures, classes, most)
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i} for i in range(pictures)],
        "categories": [{"id": i, "name": str(i)} for i in range(classes)],
        "annotations": [
            {"id": i + 1, "image_id": picture, "category_id": label, "bbox": [x, y, w, h], "area": area,
             "iscrowd": int(crowd), "skipped": int(skipped)}
            for i, (picture, (label, x, y, w, h), crowd, skipped, area) in enumerate(truths)],
    }
    coco.createIndex()
    results = coco.loadRes([
        {"image_id": picture, "category_id": label, "bbox": [x, y, w, h], "score": score}
        for picture, (label, x, y, w, h), score in found])
    result = Eval(coco, results, "bbox")
    result.evaluate()
    result.accumulate()
    result.summarize()
    numbers = list(result.stats)
    for k in range(classes):
        precision = result.eval["precision"][:, :, k, 0, 2]
        numbers += [precision.mean(), precision[0].mean()]
    crowds = sum(crowd for _, _, crowd, _, _ in truths)
    print(name, len(truths), "objects,", crowds, "crowds,", len(found), "detections", ["%.3f" % n for n in result.stats],
          file=out)
    return name + "".join(" %.10g" % n for n in numbers)


out = io.StringIO()
with contextlib.redirect_stdout(io.StringIO()):
    lines = [measure("few", 31, 12, 4, 4), measure("many", 32, 60, 6, 12), measure("crowded", 33, 5, 2, 160),
             measure("one", 34, 30, 2, 2), measure("rare", 35, 8, 40, 6)]
print(out.getvalue(), end="")
FILE.write_text("\n".join(lines) + "\n")
