"""The originals of Stride's networks in PyTorch, by name: torchvision's, and here those that it lacks."""

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

CIFAR = {"resnet20": 3, "resnet32": 5, "resnet44": 7, "resnet56": 9, "resnet110": 18,
         "plain20": 3, "plain32": 5, "plain44": 7, "plain56": 9}
HEADS = {"googlenet", "inception_v3"}


def original(name, classes):
    """The network with torchvision's first weights."""
    if name == "mlp":
        return Mlp(classes)
    if name == "lenet5":
        return LeNet5(classes)
    if name == "cnn":
        return Cnn(classes)
    if name == "alexnet_2012":
        return AlexNet2012(classes)
    if name in CIFAR:
        return CifarResNet(CIFAR[name], name.startswith("resnet"), classes)
    if name == "plain18":
        return torchvision.models.ResNet(PlainBlock, [2, 2, 2, 2], classes)
    if name == "plain34":
        return torchvision.models.ResNet(PlainBlock, [3, 4, 6, 3], classes)
    extra = {"aux_logits": True, "init_weights": True} if name in HEADS else {}
    return getattr(torchvision.models, name)(num_classes=classes, **extra)


class Mlp(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc1 = nn.Linear(100 * 100 * 3, 1000)
        self.fc2 = nn.Linear(1000, classes)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class LeNet5(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = torch.tanh(self.fc1(x.flatten(1)))
        return self.fc3(torch.tanh(self.fc2(x)))


class Cnn(nn.Module):
    def __init__(self, classes):
        super().__init__()
        before = 1
        for number, width in enumerate([32, 64, 128], 1):
            block = nn.Module()
            for layer in (1, 2):
                convolution = nn.Conv2d(before, width, 3, padding=1, bias=False)
                nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
                block.add_module(f"conv{layer}", convolution)
                block.add_module(f"bn{layer}", nn.BatchNorm2d(width))
                before = width
            self.add_module(f"block{number}", block)
        self.fc = nn.Linear(before, classes)

    def forward(self, x):
        for block in (self.block1, self.block2, self.block3):
            x = F.relu(block.bn1(block.conv1(x)))
            x = F.relu(block.bn2(block.conv2(x)))
            if block is not self.block3:
                x = F.max_pool2d(x, 2)
        return self.fc(F.dropout(x.mean((2, 3)), 0.2, self.training))


class AlexNet2012(nn.Module):
    """Krizhevsky, Sutskever, Hinton 2012: figure 2, sections 3.3 to 3.5, 4.2 and 5."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(9216, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, classes)
        self.norm = nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2)
        self.dropout = nn.Dropout(0.5)
        ones = (self.conv2, self.conv4, self.conv5, self.fc6, self.fc7)
        for module in self.children():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.constant_(module.bias, 1 if module in ones else 0)

    def forward(self, x):
        x = F.max_pool2d(self.norm(F.relu(self.conv1(x))), 3, 2)
        x = F.max_pool2d(self.norm(F.relu(self.conv2(x))), 3, 2)
        x = F.relu(self.conv3(x))
        x = F.relu(self.conv4(x))
        x = F.max_pool2d(F.relu(self.conv5(x)), 3, 2).flatten(1)
        x = self.dropout(F.relu(self.fc6(x)))
        return self.fc8(self.dropout(F.relu(self.fc7(x))))


class PlainBlock(nn.Module):
    """torchvision's basic block without its shortcut."""

    expansion = 1

    def __init__(self, inplanes, planes, stride=1, downsample=None, *unused, **settings):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


class CifarResNet(nn.Module):
    """As akamaster/pytorch_resnet_cifar10, with and without its option A shortcuts."""

    def __init__(self, n, shortcuts, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*[CifarBlock(16, 16, 1, shortcuts) for i in range(n)])
        self.layer2 = nn.Sequential(*[CifarBlock(32 if i else 16, 32, 1 if i else 2, shortcuts) for i in range(n)])
        self.layer3 = nn.Sequential(*[CifarBlock(64 if i else 32, 64, 1 if i else 2, shortcuts) for i in range(n)])
        self.linear = nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


class CifarBlock(nn.Module):
    def __init__(self, inplanes, planes, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.stride, self.planes, self.with_shortcut = stride, planes, shortcut

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.with_shortcut and self.stride == 1:
            y = y + x
        elif self.with_shortcut:
            y = y + F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.planes // 4, self.planes // 4))
        return F.relu(y)


class TransformerNet(nn.Module):
    """PyTorch's examples/fast_neural_style, with any number of channels."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = Mirrored(3, width, 9, 1)
        self.in1 = nn.InstanceNorm2d(width, affine=True)
        self.conv2 = Mirrored(width, 2 * width, 3, 2)
        self.in2 = nn.InstanceNorm2d(2 * width, affine=True)
        self.conv3 = Mirrored(2 * width, 4 * width, 3, 2)
        self.in3 = nn.InstanceNorm2d(4 * width, affine=True)
        for i in range(1, 6):
            setattr(self, "res%d" % i, MirroredBlock(4 * width))
        self.deconv1 = Mirrored(4 * width, 2 * width, 3, 1)
        self.in4 = nn.InstanceNorm2d(2 * width, affine=True)
        self.deconv2 = Mirrored(2 * width, width, 3, 1)
        self.in5 = nn.InstanceNorm2d(width, affine=True)
        self.deconv3 = Mirrored(width, 3, 9, 1)

    def forward(self, x):
        x = F.relu(self.in1(self.conv1(x)))
        x = F.relu(self.in2(self.conv2(x)))
        x = F.relu(self.in3(self.conv3(x)))
        for i in range(1, 6):
            x = getattr(self, "res%d" % i)(x)
        x = F.relu(self.in4(self.deconv1(F.interpolate(x, mode="nearest", scale_factor=2))))
        x = F.relu(self.in5(self.deconv2(F.interpolate(x, mode="nearest", scale_factor=2))))
        return self.deconv3(x)


class Mirrored(nn.Module):
    def __init__(self, channels, filters, kernel, stride):
        super().__init__()
        self.reflection_pad = nn.ReflectionPad2d(kernel // 2)
        self.conv2d = nn.Conv2d(channels, filters, kernel, stride)

    def forward(self, x):
        return self.conv2d(self.reflection_pad(x))


class MirroredBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = Mirrored(width, width, 3, 1)
        self.in1 = nn.InstanceNorm2d(width, affine=True)
        self.conv2 = Mirrored(width, width, 3, 1)
        self.in2 = nn.InstanceNorm2d(width, affine=True)

    def forward(self, x):
        return self.in2(self.conv2(F.relu(self.in1(self.conv1(x))))) + x
