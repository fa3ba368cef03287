"""FastestDet in PyTorch, written from its architecture (github.com/dog-qiuqiu/FastestDet, BSD-3-Clause): the network with
the names of its published weights, its preprocessing, its boxes, and its loss."""

import math

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

SIDE = 352
CELL = 16


def norm(width):
    return nn.BatchNorm2d(width)


class Block(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        half = width // 2
        out = width - before if stride == 2 else half
        first = before if stride == 2 else half
        self.branch_main = nn.Sequential(
            nn.Conv2d(first, half, 1, bias=False), norm(half), nn.ReLU(),
            nn.Conv2d(half, half, 3, stride, 1, groups=half, bias=False), norm(half),
            nn.Conv2d(half, out, 1, bias=False), norm(out), nn.ReLU())
        if stride == 2:
            self.branch_proj = nn.Sequential(
                nn.Conv2d(before, before, 3, 2, 1, groups=before, bias=False), norm(before),
                nn.Conv2d(before, before, 1, bias=False), norm(before), nn.ReLU())
        self.stride = stride

    def forward(self, x):
        if self.stride == 2:
            return torch.cat((self.branch_proj(x), self.branch_main(x)), 1)
        return torch.cat((x[:, 0::2], self.branch_main(x[:, 1::2])), 1)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.first_conv = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1, bias=False), norm(24), nn.ReLU())
        before = 24
        for stage, units, width in ((2, 4, 48), (3, 8, 96), (4, 4, 192)):
            blocks = [Block(before, width, 2)] + [Block(width, width, 1) for _ in range(units - 1)]
            self.add_module("stage%d" % stage, nn.Sequential(*blocks))
            before = width

    def forward(self, x):
        x = F.max_pool2d(self.first_conv(x), 3, 2, 1)
        eighth = self.stage2(x)
        sixteenth = self.stage3(eighth)
        return eighth, sixteenth, self.stage4(sixteenth)


class Conv1x1(nn.Module):
    def __init__(self, before, width):
        super().__init__()
        self.conv1x1 = nn.Sequential(nn.Conv2d(before, width, 1, bias=False), norm(width), nn.ReLU())

    def forward(self, x):
        return self.conv1x1(x)


def wide(width, times):
    layers = []
    for _ in range(times):
        layers += [nn.Conv2d(width, width, 5, 1, 2, groups=width, bias=False), norm(width), nn.ReLU()]
    return nn.Sequential(*layers)


class Spp(nn.Module):
    def __init__(self, before, width):
        super().__init__()
        self.Conv1x1 = Conv1x1(before, width)
        self.S1 = wide(width, 1)
        self.S2 = wide(width, 2)
        self.S3 = wide(width, 3)
        self.output = nn.Sequential(nn.Conv2d(3 * width, width, 1, bias=False), norm(width))

    def forward(self, x):
        x = self.Conv1x1(x)
        return F.relu(x + self.output(torch.cat((self.S1(x), self.S2(x), self.S3(x)), 1)))


class Numbers(nn.Module):
    def __init__(self, width, numbers):
        super().__init__()
        self.conv5x5 = nn.Sequential(
            nn.Conv2d(width, width, 5, 1, 2, groups=width, bias=False), norm(width), nn.ReLU(),
            nn.Conv2d(width, numbers, 1, bias=False), norm(numbers))

    def forward(self, x):
        return self.conv5x5(x)


class Head(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.conv1x1 = Conv1x1(width, width)
        self.obj_layers = Numbers(width, 1)
        self.reg_layers = Numbers(width, 4)
        self.cls_layers = Numbers(width, classes)

    def forward(self, x):
        x = self.conv1x1(x)
        return torch.cat((self.obj_layers(x).sigmoid(), self.reg_layers(x), self.cls_layers(x).softmax(1)), 1)


class FastestDet(nn.Module):
    """(N, 3, H, W), blue first, in [0, 1]; returns (N, 5 + classes, H / 16, W / 16)."""

    def __init__(self, classes):
        super().__init__()
        self.backbone = Backbone()
        self.SPP = Spp(336, 96)
        self.detect_head = Head(96, classes)

    def forward(self, x):
        eighth, sixteenth, last = self.backbone(x)
        joined = torch.cat((F.avg_pool2d(eighth, 3, 2, 1), sixteenth, F.interpolate(last, scale_factor=2)), 1)
        return self.detect_head(self.SPP(joined))


def axis(outputs, inputs):
    """For each output the first of its two input places, and the second's weight of 2048."""
    place = (np.arange(outputs) + 0.5) * (inputs / outputs) - 0.5
    place = place.astype(np.float32)
    first = np.floor(place).astype(np.int64)
    share = place - first
    share[first < 0] = 0
    share[first >= inputs - 1] = 0
    first = np.clip(first, 0, inputs - 1)
    return first, np.minimum(first + 1, inputs - 1), np.rint(share * np.float32(2048)).astype(np.int64), \
        np.rint((np.float32(1) - share) * np.float32(2048)).astype(np.int64)


def resize(image, height, width):
    """cv2.resize(image, (width, height)) of 8-bit values: bilinear in fixed point, without antialiasing."""
    left, right, right_weight, left_weight = axis(width, image.shape[1])
    upper, lower, lower_weight, upper_weight = axis(height, image.shape[0])
    wide_image = image.astype(np.int64)
    rows = (wide_image[:, left] * left_weight[:, None] + wide_image[:, right] * right_weight[:, None]) >> 4
    high = (rows[upper] * upper_weight[:, None, None]) >> 16
    low = (rows[lower] * lower_weight[:, None, None]) >> 16
    return ((high + low + 2) >> 2).astype(np.uint8)


def prepare(picture):
    """A picture of PIL as the network takes it."""
    image = resize(np.asarray(picture.convert("RGB"))[:, :, ::-1], SIDE, SIDE)
    return torch.from_numpy(image.transpose(2, 0, 1).copy()).float() / 255


def boxes(outputs, least=0.001, overlap=0.45):
    """For each picture (boxes, scores, labels), the surest first; boxes are fractions of the picture's sides."""
    found = []
    rows, columns = outputs.shape[2:]
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    for one in outputs:
        probability, label = one[5:].max(0)
        score = (one[0] ** 0.6 * probability ** 0.4).flatten()
        middle_x = (one[1].tanh() + x) / columns
        middle_y = (one[2].tanh() + y) / rows
        half_width, half_height = one[3].sigmoid() / 2, one[4].sigmoid() / 2
        box = torch.stack((middle_x - half_width, middle_y - half_height,
                           middle_x + half_width, middle_y + half_height), -1).reshape(-1, 4)
        label = label.flatten()
        sure = score > least
        box, score, label = box[sure], score[sure], label[sure]
        # Boxes of different classes never overlap when each class has a plane of its own.
        kept = torchvision.ops.nms(box + 10 * label[:, None].to(box.dtype), score, overlap)
        found.append((box[kept], score[kept], label[kept]))
    return found


def siou(predicted, known):
    """SIoU (Gevorgyan 2022) of boxes (n, 4): middle, width and height."""
    low, high = predicted[:, :2] - predicted[:, 2:] / 2, predicted[:, :2] + predicted[:, 2:] / 2
    known_low, known_high = known[:, :2] - known[:, 2:] / 2, known[:, :2] + known[:, 2:] / 2
    common = (torch.min(high, known_high) - torch.max(low, known_low)).clamp(0).prod(1)
    iou = common / (predicted[:, 2:].prod(1) + known[:, 2:].prod(1) - common + 1e-7)
    hull = torch.max(high, known_high) - torch.min(low, known_low)
    apart = known[:, :2] - predicted[:, :2]
    sine = apart.abs().min(1)[0] / apart.square().sum(1).sqrt()
    angle = torch.cos(2 * torch.arcsin(sine) - math.pi / 2)
    distance = 2 - torch.exp((angle - 2)[:, None] * (apart / hull).square()).sum(1)
    shape = (predicted[:, 2:] - known[:, 2:]).abs() / torch.max(predicted[:, 2:], known[:, 2:])
    return iou - 0.5 * (distance + (1 - torch.exp(-shape)).pow(4).sum(1))


def candidates(targets, columns, rows):
    """The cells that may say a box: that of its middle, and those to the right, below, and both.

    targets: (n, 6) of picture, class, middle, width, height in fractions; returns the cells (m, 2) and the rows of the
    targets. Cells of the first column and row are none, as in the original.
    """
    middle = targets[:, 2:4] * torch.tensor([columns, rows])
    cells, which = [], []
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        cell = middle.long() + torch.tensor([dx, dy])
        good = (cell > 0).all(1) & (cell < torch.tensor([columns, rows])).all(1)
        cells.append(cell[good])
        which.append(torch.nonzero(good)[:, 0])
    return torch.cat(cells), torch.cat(which)


def loss(outputs, targets):
    """The loss of a batch. targets: (n, 6) of picture, class, middle, width, height in fractions of the sides."""
    count, _, rows, columns = outputs.shape
    outputs = outputs.permute(0, 2, 3, 1)
    objects = outputs[..., 0]
    wanted = torch.zeros_like(objects)
    factor = torch.full_like(objects, 0.75)
    box_loss = class_loss = outputs.new_zeros(())
    cells, which = candidates(targets, columns, rows)
    if len(which) > 0:
        picture, label = targets[which, 0].long(), targets[which, 1].long()
        x, y = cells.T
        said = outputs[picture, y, x]
        sides = torch.tensor([columns, rows])
        predicted = torch.cat((said[:, 1:3].tanh() + cells, said[:, 3:5].sigmoid() * sides), 1)
        known = targets[which, 2:] * torch.cat((sides, sides))
        iou = siou(predicted, known)
        good = iou > iou.mean()
        # The best of each object counts too, unlike in the original; of equal ones the first.
        best = {}
        for i in torch.sort(iou.detach(), descending=True, stable=True)[1].tolist():
            best.setdefault(int(which[i]), i)
        good[list(best.values())] = True
        picture, x, y, iou, label = picture[good], x[good], y[good], iou[good], label[good]
        box_loss = (1 - iou).mean()
        class_loss = F.nll_loss(torch.log(outputs[picture, y, x][:, 5:]), label)
        positives = torch.bincount(picture, minlength=count)
        # Of several boxes in a cell the last one counts.
        last = {}
        for i, place in enumerate(zip(picture.tolist(), y.tolist(), x.tolist())):
            last[place] = i
        kept = torch.tensor(sorted(last.values()))
        picture, x, y = picture[kept], x[kept], y[kept]
        wanted = wanted.index_put((picture, y, x), iou[kept])
        factor[picture, y, x] = 0.25 * rows * columns / positives[picture].to(factor.dtype)
    object_loss = (F.smooth_l1_loss(objects, wanted, reduction="none") * factor).mean()
    return 8 * box_loss + 16 * object_loss + class_loss
