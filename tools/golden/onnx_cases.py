"""Writes the goldens of the module onnx.

cases.zip: small modules as PyTorch exports them, for several versions of the operators, with inputs and PyTorch's outputs,
in the form of ONNX's own test cases. operators.tsv: which version of the operator set changed each operator, by the
standard's own tables. Needs PyTorch and Debian's python3-onnx.

    python3 tools/golden/onnx_cases.py onnx/src/test/resources/stride/onnx/evaluate
"""

import io
import sys
import warnings
import zipfile

import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper

warnings.filterwarnings("ignore")


class Call(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def r(*shape):
    return torch.randn(*shape)


def image(*shape):
    return (r(*(shape or (1, 4, 7, 6))),)


# name: module, inputs, the first and the last version of the operators that PyTorch writes it for.
CASES = {
    "conv": (nn.Conv2d(4, 6, 3, 2, 1), image(), 7, 17),
    "conv-asymmetric": (nn.Conv2d(4, 6, (1, 3), (2, 1), (0, 2)), image(), 7, 17),
    "conv-depthwise": (nn.Conv2d(4, 8, 3, padding=1, groups=4), image(), 7, 17),
    "conv-dilated": (nn.Conv2d(4, 2, 3, dilation=2, padding=2), image(), 7, 17),
    "conv1d": (nn.Conv1d(3, 5, 4, 2, 1), (r(2, 3, 11),), 7, 17),
    "conv3d": (nn.Conv3d(2, 3, 2, padding=1), (r(1, 2, 4, 3, 5),), 7, 17),
    "conv-transposed": (nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2), image(), 7, 17),
    "conv-transposed-dilated": (nn.ConvTranspose2d(4, 3, 3, 2, dilation=2, bias=False), image(), 7, 17),
    "max-pool": (nn.MaxPool2d(3, 2, 1), image(), 7, 17),
    "max-pool-ceil": (nn.MaxPool2d(2, 2, ceil_mode=True), image(), 11, 17),
    "average-pool": (nn.AvgPool2d(3, 2, 1), image(), 7, 17),
    "average-pool-exclude": (nn.AvgPool2d(3, 2, 1, count_include_pad=False), image(), 7, 17),
    "global-pool": (nn.AdaptiveAvgPool2d(1), image(), 7, 17),
    "batch-norm": (nn.BatchNorm2d(4), image(), 7, 17),
    "instance-norm": (nn.InstanceNorm2d(4, affine=True), image(), 7, 17),
    "group-norm": (nn.GroupNorm(2, 4), image(), 9, 17),
    "layer-norm": (nn.LayerNorm(6), image(), 9, 17),
    "local-response-norm": (nn.LocalResponseNorm(3, 0.1, 0.7, 2.0), image(), 9, 17),
    "linear": (nn.Linear(5, 3), (r(4, 5),), 7, 17),
    "matmul": (Call(torch.matmul), (r(2, 3, 4), r(4, 5)), 7, 17),
    "relu6": (nn.ReLU6(), image(), 7, 17),
    "clamp": (Call(lambda x: x.clamp(-0.3, 0.7)), image(), 7, 17),
    "prelu": (nn.PReLU(4), image(), 7, 17),
    "silu": (nn.SiLU(), image(), 7, 17),
    "gelu": (nn.GELU(), image(), 9, 17),
    "mish": (nn.Mish(), image(), 7, 17),
    "hard-swish": (nn.Hardswish(), image(), 9, 17),
    "hard-sigmoid": (nn.Hardsigmoid(), image(), 7, 17),
    "elu": (nn.ELU(0.7), image(), 7, 17),
    "celu": (nn.CELU(0.7), image(), 12, 17),
    "softplus": (nn.Softplus(), image(), 7, 17),
    "softmax": (nn.Softmax(1), image(), 7, 17),
    "log-softmax": (nn.LogSoftmax(2), image(), 7, 17),
    "resize-nearest": (Call(lambda x: F.interpolate(x, scale_factor=2.0)), image(), 9, 17),
    "resize-bilinear": (
        Call(lambda x: F.interpolate(x, size=(9, 4), mode="bilinear", align_corners=False)),
        image(),
        11,
        17,
    ),
    "resize-corners": (
        Call(lambda x: F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=True)),
        image(),
        11,
        17,
    ),
    "resize-bicubic": (
        Call(lambda x: F.interpolate(x, scale_factor=1.5, mode="bicubic", align_corners=False)),
        image(),
        11,
        17,
    ),
    "pad-reflect": (nn.ReflectionPad2d((1, 2, 3, 0)), image(), 9, 17),
    "pad-edge": (nn.ReplicationPad2d((1, 2, 3, 0)), image(), 9, 17),
    "pad-constant": (nn.ConstantPad2d((1, -1, 2, 0), 0.5), image(), 9, 17),
    "pixel-shuffle": (nn.PixelShuffle(2), image(), 9, 17),
    "channel-shuffle": (
        Call(lambda x: x.view(1, 2, 2, 7, 6).transpose(1, 2).reshape(1, 4, 7, 6)),
        image(),
        7,
        17,
    ),
    "split-concat": (Call(lambda x: torch.cat([t * 2 for t in x.chunk(2, 1)][::-1], 1)), image(), 7, 17),
    "slice": (Call(lambda x: x[:, 1:3, ::2, -4:]), image(), 11, 17),
    "gather": (Call(lambda x: x[:, [2, 0, 3]]), image(), 9, 17),
    "flatten-by-shape": (Call(lambda x: x.view(x.size(0), -1)), image(), 7, 17),
    "reduce": (Call(lambda x: x.mean((2, 3)) + x.sum(3).amax(2) - x.norm(dim=(2, 3))), image(), 9, 17),
    "arg-max": (Call(lambda x: x.argmax(1)), image(), 9, 17),
    "top-k": (Call(lambda x: x.topk(3, dim=3)), image(), 11, 17),
    "where": (Call(lambda x: torch.where(x > 0.2, x, -x)), image(), 9, 17),
    "one-hot": (Call(lambda i: F.one_hot(i, 5)), (torch.tensor([[0, 4], [2, 1]]),), 11, 17),
    "cumulative-sum": (Call(lambda x: x.cumsum(2)), image(), 11, 17),
    "grid-sample": (
        Call(lambda x, g: F.grid_sample(x, g, "bilinear", "zeros", False)),
        (r(1, 4, 7, 6), r(1, 3, 5, 2) * 0.8),
        16,
        17,
    ),
    "grid-sample-reflect": (
        Call(lambda x, g: F.grid_sample(x, g, "bicubic", "reflection", True)),
        (r(1, 4, 7, 6), r(1, 3, 5, 2)),
        16,
        17,
    ),
    "erf-log-exp": (Call(lambda x: torch.erf(x) + torch.log1p(x * x) + x.exp()), image(), 9, 17),
    "double": (Call(lambda x: (x.double() ** 3).tril()), (r(5, 5),), 14, 17),
}
OPSETS = (7, 11, 13, 17)
DATE = (2026, 1, 1, 0, 0, 0)


def tensors(value):
    return [value] if isinstance(value, torch.Tensor) else list(value)


def main():
    folder = sys.argv[1]
    torch.manual_seed(1)
    with zipfile.ZipFile(folder + "/cases.zip", "w", zipfile.ZIP_DEFLATED) as cases:

        def put(name, content):
            cases.writestr(zipfile.ZipInfo(name, DATE), content, zipfile.ZIP_DEFLATED)

        for name, (module, inputs, first, last) in CASES.items():
            # Fresh norms would be the identity.
            for key, value in module.state_dict().items():
                if "running" in key:
                    value.uniform_(0.5, 2)
            for value in module.parameters():
                value.data.uniform_(-1, 1)
            module.eval()
            for opset in OPSETS:
                if not first <= opset <= last:
                    continue
                file = io.BytesIO()
                try:
                    torch.onnx.export(module, inputs, file, opset_version=opset)
                except Exception as e:
                    print("no", name, opset, str(e).splitlines()[0])
                    continue
                case = "%s-opset%d/" % (name, opset)
                put(case + "model.onnx", file.getvalue())
                for kind, values in (("input", inputs), ("output", tensors(module(*inputs)))):
                    for i, value in enumerate(values):
                        proto = numpy_helper.from_array(value.detach().numpy())
                        put(case + "test_data_set_0/%s_%d.pb" % (kind, i), proto.SerializeToString())
    versions = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        if schema.domain == "":
            versions.setdefault(schema.name, set()).add(schema.since_version)
    with open(folder + "/operators.tsv", "w") as table:
        for name in sorted(versions):
            table.write(name + "\t" + " ".join(str(v) for v in sorted(versions[name])) + "\n")


main()
