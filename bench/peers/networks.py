"""The networks of the comparison, as PyTorch modules: torchvision's, and three that it does not have."""

import sys
from pathlib import Path

import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

# torchvision's detectors and the (C, H, W) of a picture that they do not resize.
DETECTORS = {
    "ssdlite320_mobilenet_v3_large": (3, 320, 320),
    "fasterrcnn_resnet50_fpn": (3, 800, 1088),
}

# The channels of the first layers of networks that paint.
PAINTERS = {"style": 32, "style_16": 16, "style_8": 8}

# Where networks are that other scripts ask, too.
GOLDEN = str(Path(__file__).resolve().parents[2] / "tools" / "golden")


def make(name):
    """A network with PyTorch's own random weights, and the shape (C, H, W) of its inputs."""
    if name == "lenet5":
        return lenet5(), (1, 28, 28)
    if name == "resnet20":
        return ResNet20(), (3, 32, 32)
    if name in PAINTERS:
        sys.path.append(GOLDEN)
        from originals import TransformerNet

        return TransformerNet(PAINTERS[name]), (3, 256, 256)
    if name == "fastestdet":
        sys.path.append(GOLDEN)
        from fastestdet import FastestDet

        return FastestDet(80), (3, 352, 352)
    if name in DETECTORS:
        return detector(name), DETECTORS[name]
    # Those with auxiliary heads would draw their weights from truncated normals, which takes long.
    heads = {"init_weights": False} if name in ["googlenet", "inception_v3"] else {}
    side = 299 if name == "inception_v3" else 224
    return getattr(torchvision.models, name)(weights=None, **heads), (3, side, side)


def detector(name):
    """torchvision's detector as it learns from published weights: its pyramid's backbone has frozen batch norm, as
    Stride's has. Made without weights it would have batch norm that learns, and a training step more to do."""
    if name == "fasterrcnn_resnet50_fpn":
        norm = torchvision.ops.FrozenBatchNorm2d
        backbone = resnet_fpn_backbone(
            backbone_name="resnet50", weights=None, norm_layer=norm, trainable_layers=5)
        return torchvision.models.detection.FasterRCNN(backbone, 91)
    return getattr(torchvision.models.detection, name)(weights=None, weights_backbone=None)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Tanh(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


class ResNet20(nn.Module):
    """ResNet-20 for CIFAR-10 (He et al. 2015, section 4.2), shortcuts without weights (option A)."""

    def __init__(self):
        super().__init__()
        self.conv1 = convolution(3, 16, 1)
        self.bn1 = nn.BatchNorm2d(16)
        self.blocks = nn.Sequential(
            *(Block(16, 16) for _ in range(3)),
            *(Block(16 if i == 0 else 32, 32) for i in range(3)),
            *(Block(32 if i == 0 else 64, 64) for i in range(3)),
        )
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = self.blocks(x)
        return self.linear(x.mean((2, 3)))


class Block(nn.Module):
    """Two convolutions and a shortcut; where the width grows, the size halves."""

    def __init__(self, channels, width):
        super().__init__()
        self.added = width - channels
        self.conv1 = convolution(channels, width, 2 if self.added else 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = convolution(width, width, 1)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        if self.added:
            side = self.added // 2
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, side, side))
        return F.relu(y + x, inplace=True)


def convolution(channels, width, stride):
    return nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
