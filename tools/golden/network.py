"""A model that Stride saved, run by PyTorch: reads the file and computes its network on the tensors as they lie there."""

import json
import struct

import torch
import torch.nn.functional as F


class Model:
    """Tensors under their names, and the graph of the metadata."""

    def __init__(self, path):
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            data = bytearray(file.read())
        self.graph = json.loads(header.pop("__metadata__")["stride.network"])
        types = {"F32": torch.float32, "I64": torch.int64}
        self.tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            values = torch.frombuffer(data[begin:end], dtype=types[entry["dtype"]])
            self.tensors[name] = values.reshape(entry["shape"])

    def read_inputs(self, path):
        """Raw little-endian floats (N, H, W, C) as a tensor (N, C, H, W); others than images as they are."""
        return read(path, self.graph["input"])

    def run(self, x, training=False):
        """The network's output; batch norm uses the batch's statistics in training. Dropout never drops."""
        edges = [x]
        for node in self.graph["nodes"]:
            inputs = [edges[i] for i in node["inputs"]]
            edges.append(self.operation(node, inputs, training))
        return edges[self.graph["outputs"]["output"]]

    def operation(self, node, inputs, training):
        x = inputs[0]
        weight = self.tensors.get(node["name"] + ".weight")
        bias = self.tensors.get(node["name"] + ".bias")
        kind = node["type"]
        if kind == "Conv":
            padding = node.get("padding")
            if padding is None:
                x = F.pad(x, same(x, node))
                padding = [0, 0]
            return F.conv2d(x, weight, bias, node["stride"], padding, node["dilation"], node["groups"])
        if kind == "Dense":
            return F.linear(x, weight, bias)
        if kind == "BatchNorm":
            mean = self.tensors[node["name"] + ".running_mean"].clone()
            var = self.tensors[node["name"] + ".running_var"].clone()
            return F.batch_norm(x, mean, var, weight, bias, training, node["momentum"], node["eps"])
        if kind == "MaxPool":
            return F.max_pool2d(x, node["kernel"], node["stride"], node["padding"], ceil_mode=node["ceil"])
        if kind == "AvgPool":
            return F.avg_pool2d(
                x, node["kernel"], node["stride"], node["padding"], node["ceil"], node["countsPadding"])
        if kind == "ConvTranspose":
            return F.conv_transpose2d(
                x, weight, bias, node["stride"], node["padding"], node["outputPadding"], node["groups"], node["dilation"])
        if kind == "InstanceNorm":
            return F.instance_norm(x, weight=weight, bias=bias, eps=node["eps"])
        if kind == "GroupNorm":
            return F.group_norm(x, node["groups"], weight, bias, node["eps"])
        if kind == "LayerNorm":
            if node["perPixel"] and x.dim() == 4:
                x = x.permute(0, 2, 3, 1)
                return F.layer_norm(x, x.shape[3:], weight, bias, node["eps"]).permute(0, 3, 1, 2)
            return F.layer_norm(x, x.shape[-1:] if node["perPixel"] else x.shape[1:], weight, bias, node["eps"])
        if kind == "Upsample":
            aligned = None if node["mode"] == "NEAREST" else node["alignCorners"]
            size = node.get("size")
            return F.interpolate(
                x, size, None if size else node["factor"], node["mode"].lower(), align_corners=aligned)
        if kind == "Pad":
            sides = [node["left"], node["right"], node["top"], node["bottom"]]
            return F.pad(x, sides, {"ZERO": "constant", "REFLECT": "reflect", "REPLICATE": "replicate"}[node["edge"]])
        if kind == "Crop":
            rows = slice(node["top"], node["top"] + node["height"])
            return x[:, :, rows, node["left"]:node["left"] + node["width"]]
        if kind == "Reshape":
            shape = node["shape"]
            return x.reshape(len(x), *([shape[2], shape[0], shape[1]] if len(shape) == 3 else shape))
        if kind == "LocalResponseNorm":
            return F.local_response_norm(x, node["size"], node["alpha"], node["beta"], node["k"])
        if kind == "Relu":
            return F.relu(x) if node["ceiling"] == "infinite" else x.clamp(0, node["ceiling"])
        return {
            "Add": lambda: inputs[0] + inputs[1],
            "ChannelSlice": lambda: x[:, node["from"]:node["to"]],
            "Elu": lambda: F.elu(x, node["alpha"]),
            "Gelu": lambda: F.gelu(x, approximate="tanh" if node["approximate"] else "none"),
            "LeakyRelu": lambda: F.leaky_relu(x, node["slope"]),
            "Mish": lambda: F.mish(x),
            "Multiply": lambda: inputs[0] * inputs[1],
            "Prelu": lambda: F.prelu(x, weight),
            "Softplus": lambda: F.softplus(x, node["beta"], node["threshold"]),
            "Subtract": lambda: inputs[0] - inputs[1],
            "Concat": lambda: torch.cat(inputs, 1),
            "Dropout": lambda: x,
            "Flatten": lambda: x.flatten(1),
            "GlobalAvgPool": lambda: x.mean((2, 3), keepdim=True),
            "Sigmoid": lambda: torch.sigmoid(x),
            "Softmax": lambda: torch.softmax(x, 1),
            "Tanh": lambda: torch.tanh(x),
        }[kind]()


def same(x, node):
    """Zeros left, right, above and below for ceil(n / stride) outputs; an odd one goes behind."""
    sides = []
    for axis in (1, 0):
        n, f = x.shape[2 + axis], node["kernel"][axis]
        s, d = node["stride"][axis], node["dilation"][axis]
        total = max((-(-n // s) - 1) * s + d * (f - 1) + 1 - n, 0)
        sides += [total // 2, total - total // 2]
    return sides


def read(path, shape):
    """Raw little-endian floats, samples of a shape, images as (N, C, H, W)."""
    with open(path, "rb") as file:
        values = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(-1, *shape)
    return values.permute(0, 3, 1, 2).contiguous() if len(shape) == 3 else values


def write(tensor, file):
    """A batch as raw little-endian floats, images as (N, H, W, C)."""
    values = tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 else tensor
    file.write(values.detach().contiguous().numpy().tobytes())
