#!/usr/bin/python3
"""style.py WEIGHTS: what PyTorch computes for style transfer, into zoo/src/test/resources/stride/zoo/style.txt.

WEIGHTS is a .safetensors file of squeezenet1_1; vgg19 has the golden weights of zoo.py. For each network:

exponents  of golden weights
gram       of each style layer, for the painting: the matrix's norm, largest number, and four numbers
content    of each content layer, style of each style layer: the loss of a third picture, and of its gradient in the pixels
           (values from 0 to 1) the norm, the largest number, and four numbers
start      the weighted losses of the photo itself: content, style, total variation

and for squeezenet1_1:

adam       the weighted losses after thirty steps of Adam
picture    the picture then: 16-bit numbers, 65535 for 1, compressed, in base64
lbfgs      the weighted loss after a hundred steps of torch.optim.LBFGS

PyTorch computes in double. Formulas are those of Gatys, Ecker and Bethge 2016 with means over pixels.
"""

import base64
import json
import sys
import zlib

import numpy as np
import torch
from torch import nn
from torchvision import models

from zoo import FOLDER, fill, inputs, integers, numbers

# Heights and widths of the photo and of the painting.
SIZES = {"squeezenet1_1": ((64, 56), (72, 48)), "vgg19": ((32, 40), (48, 32))}
CONTENT_WEIGHT, VARIATION_WEIGHT = 1, 10
LAYERS = {
    "squeezenet1_1": (["features.3"], ["features.1", "features.4", "features.6", "features.7"], 0.01),
    "vgg19": (["features.22"], ["features.1", "features.6", "features.11", "features.20", "features.29"], 10),
}
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def picture(of, height, width):
    """Blocks of 8x8 pixels of one colour, and a quarter of noise over them; numbers from 0 to 1, (1, 3, H, W)."""
    rows, columns = (height + 7) // 8, (width + 7) // 8
    blocks = (integers(of, rows * columns * 3) >> 16).reshape(rows, columns, 3)
    noise = (integers(-of, height * width * 3) >> 16).reshape(height, width, 3)
    values = (3 * np.repeat(np.repeat(blocks, 8, 0), 8, 1)[:height, :width] + noise) // 4
    return torch.from_numpy(values).permute(2, 0, 1)[None].double().contiguous() / 255


def read(path):
    """The tensors of a .safetensors file of floats."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    return {name: torch.from_numpy(np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").copy().reshape(entry["shape"]))
            for name, entry in header.items() if name != "__metadata__"}


class Maps(nn.Module):
    def __init__(self, features, layers):
        super().__init__()
        self.features = features
        self.layers = layers

    def forward(self, x):
        x = (x - torch.tensor(MEAN).double().reshape(3, 1, 1)) / torch.tensor(DEVIATION).double().reshape(3, 1, 1)
        maps = {}
        for i, layer in enumerate(self.features):
            # In-place ReLUs would overwrite what another layer has put out.
            x = torch.relu(x) if isinstance(layer, nn.ReLU) else layer(x)
            if "features.%d" % i in self.layers:
                maps["features.%d" % i] = x
        return maps


def gram(maps):
    f = maps[0].flatten(1)
    return f @ f.T / f.shape[1]


def content_loss(f, p):
    return ((f - p) ** 2).mean() / 2


def style_loss(f, a):
    g = gram(f)
    return ((g - a) ** 2).sum() / (4 * g.shape[0] ** 2)


def variation(x):
    squares = ((x[:, :, 1:] - x[:, :, :-1]) ** 2).sum() + ((x[:, :, :, 1:] - x[:, :, :, :-1]) ** 2).sum()
    return squares / (x.shape[2] * x.shape[3])


def described(values):
    values = values.detach().flatten()
    return numbers([values.norm(), values.abs().max()] + [values[i * 7919 % len(values)] for i in range(4)])


def lines_of(name, weights):
    contents, styles, style_weight = LAYERS[name]
    lines = [name]
    if name == "vgg19":
        model = models.vgg19(weights=None, num_classes=10).double().eval()
        exponents = fill(model, inputs(1, 32, 32, 3))
        lines.append("exponents " + " ".join(map(str, exponents.values())))
    else:
        model = models.squeezenet1_1(weights=None).double().eval()
        model.load_state_dict(weights)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    maps = Maps(model.features, contents + styles)
    photo_size, painting_size = SIZES[name]
    photo, painting, start = picture(1, *photo_size), picture(2, *painting_size), picture(3, *photo_size)
    wanted = {layer: maps(photo)[layer] for layer in contents}
    grams = {layer: gram(maps(painting)[layer]) for layer in styles}
    for layer in styles:
        lines.append("gram %s %s" % (layer, described(grams[layer])))

    def gradient(kind, layer, loss):
        x = start.clone().requires_grad_(True)
        value = loss(maps(x)[layer])
        value.backward()
        # Rows of pixels of three colours, as Stride has them.
        lines.append("%s %s %.9g %s" % (kind, layer, value.item(), described(x.grad[0].permute(1, 2, 0))))

    for layer in contents:
        gradient("content", layer, lambda f: content_loss(f, wanted[layer]))
    for layer in styles:
        gradient("style", layer, lambda f: style_loss(f, grams[layer]))

    def losses(x):
        found = maps(x)
        return [CONTENT_WEIGHT * sum(content_loss(found[layer], wanted[layer]) for layer in contents),
                style_weight * sum(style_loss(found[layer], grams[layer]) for layer in styles),
                VARIATION_WEIGHT * variation(x)]

    lines.append("start " + numbers(losses(photo)))
    if name == "squeezenet1_1":
        lines += painted(photo, losses)
    print("\n".join(line[:120] for line in lines), flush=True)
    return lines


def painted(photo, losses):
    """What Adam and L-BFGS make of the photo."""
    lines = []
    x = photo.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([x], lr=0.02)
    for step in range(1, 31):
        # The last tenth of the steps are a tenth as large.
        optimizer.param_groups[0]["lr"] = 0.002 if step > 27 else 0.02
        optimizer.zero_grad()
        sum(losses(x)).backward()
        optimizer.step()
        x.data.clamp_(0, 1)
    lines.append("adam " + numbers(losses(x.detach())))
    stored = (x.detach()[0].permute(1, 2, 0) * 65535).round().numpy().astype("<u2").tobytes()
    lines.append("picture " + base64.b64encode(zlib.compress(stored, 9)).decode())

    x = photo.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([x], max_iter=100, max_eval=1000, tolerance_grad=0, tolerance_change=0)

    def closure():
        optimizer.zero_grad()
        loss = sum(losses(x))
        loss.backward()
        return loss

    optimizer.step(closure)
    lines.append("lbfgs " + numbers([sum(losses(x.detach()))]))
    return lines


def main():
    torch.set_num_threads(1)
    weights = read(sys.argv[1])
    made = []
    for name in LAYERS:
        made.append("\n".join(lines_of(name, weights)))
        (FOLDER / "style.txt").write_text("\n\n".join(made) + "\n")


if __name__ == "__main__":
    main()
