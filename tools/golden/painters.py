"""Makes zoo/src/test/resources/stride/zoo/painters.txt: for each network that paints its number of parameters and of
multiply-adds, the names, shapes and first values of its tensors, and what it paints with golden weights of two pictures of
noise: places and values. PyTorch computes in double."""

import torch

from originals import TransformerNet
from zoo import FOLDER, filters, first_values, multiply_adds, name_hash, numbers, uniform

WIDTHS = {"style": 32, "style_16": 16, "style_8": 8}
SIZES = [(24, 32), (37, 30)]
PLACES = 24


def fill(model):
    for name, tensor in model.named_parameters():
        if tensor.dim() > 1:
            values = torch.from_numpy(filters(name_hash(name), tensor.shape))
        else:
            norm = ".in" in "." + name
            low, high = (0.5, 1.5) if norm and name.endswith("weight") else (-0.25, 0.25) if norm else (-0.2, 0.2)
            values = torch.from_numpy(uniform(name_hash(name), tensor.numel(), low, high))
        tensor.data.copy_(values)
    model.deconv3.conv2d.weight.data *= 64
    model.deconv3.conv2d.bias.data += 128


def painted(model, number, height, width):
    picture = uniform(number, height * width * 3, 0, 255).reshape(height, width, 3)
    with torch.no_grad():
        values = model(torch.from_numpy(picture).permute(2, 0, 1).double()[None])[0].permute(1, 2, 0).flatten()
    places = [i * 7919 % len(values) for i in range(PLACES)]
    return ["size %d %d" % (height, width), " ".join(map(str, places)), numbers(float(values[i]) for i in places)]


def lines_of(name):
    torch.manual_seed(1)
    model = TransformerNet(WIDTHS[name])
    lines = ["%s %d %d" % (name, sum(p.numel() for p in model.parameters()), multiply_adds(model, (256, 256, 3)))]
    lines += ["%s %s %s" % (path, "x".join(map(str, tensor.shape)), first_values(tensor))
              for path, tensor in model.state_dict().items()]
    model.double()
    fill(model)
    for number, (height, width) in enumerate(SIZES, 1):
        lines += painted(model, number, height, width)
    return lines


if __name__ == "__main__":
    (FOLDER / "painters.txt").write_text("\n\n".join("\n".join(lines_of(name)) for name in WIDTHS) + "\n")
