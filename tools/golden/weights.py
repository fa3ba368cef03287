"""Writes PyTorch's and NumPy's files of tensors for TensorFileGoldenTest: weights.py FOLDER.

With files as arguments instead it prints the check sums that the test has of them.

Beside each file stands what Python reads from it, as text: a line for each tensor with its name, type, shape and
numbers, row-major. (Debian: python3-torch, python3-numpy)
"""

import collections
import io
import os
import struct
import sys
import zipfile
import zlib

import numpy as np
import torch

folder = sys.argv[1]
TYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip


def path(name):
    return os.path.join(folder, name)


def number(value):
    return str(int(value)) if isinstance(value, (bool, int)) else repr(float(value))


def line(name, type_, shape, values):
    return " ".join([name, type_, "x".join(map(str, shape)) or "scalar", *map(number, values)])


def leaves(value, name=""):
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        yield line(name, TYPES[value.dtype], value.shape, value.reshape(-1).tolist())
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from leaves(item, f"{name}.{i}" if name else str(i))


def expect(name, lines):
    with open(path(name + ".txt"), "w") as out:
        out.write("\n".join(lines) + "\n")


def save(name, value, **options):
    torch.save(value, path(name), **options)


def types():
    some = torch.tensor([0.0, 1.0, -2.5, 0.1, 1e-3, 200.0])
    dict_ = collections.OrderedDict()
    for dtype, name in TYPES.items():
        values = some.abs() if dtype == torch.uint8 else some.clamp(-100, 100)
        dict_[name.lower() + ".weight"] = values.to(dtype).reshape(2, 3)
    dict_["i64.large"] = torch.tensor([2**40 + 1, -(2**40), 2**62])
    dict_["f32.special"] = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45, 3.4e38])
    dict_["f16.special"] = torch.tensor([float("inf"), 6e-8, 65504.0], dtype=torch.float16)
    dict_["scalar"] = torch.tensor(7)
    dict_["empty"] = torch.zeros(0, 3)
    dict_._metadata = collections.OrderedDict([("", {"version": 1})])
    return dict_


def views():
    base = torch.arange(60, dtype=torch.float32)
    image = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(2, 3, 4, 5)
    return collections.OrderedDict(
        whole=base,
        part=base[7:19],
        matrix=base.reshape(6, 10),
        transposed=base.reshape(6, 10).t(),
        stepped=base[3::7],
        columns=base.reshape(6, 10)[1:5, 2:9:3],
        expanded=base[5:8].expand(4, 3),
        channels_last=image.contiguous(memory_format=torch.channels_last),
        permuted=image.permute(3, 1, 0, 2),
        parameter=torch.nn.Parameter(image[1, :, 2]),
        shorts=torch.arange(12, dtype=torch.int16).reshape(3, 4).t(),
        bytes=torch.arange(12, dtype=torch.uint8).reshape(3, 4).t(),
        doubles=torch.arange(12, dtype=torch.float64).reshape(3, 4).t(),
    )


def checkpoint():
    torch.manual_seed(1)
    model = torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.randn(2, 2, 5, 5)).square().mean().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60])
    import argparse

    return {
        "epoch": 12,
        "arch": "conv",
        "best_acc1": torch.tensor(71.25),
        "best_prec1": np.float64(0.5),
        "args": argparse.Namespace(lr=0.1, data="/data"),
        "state_dict": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": schedule.state_dict(),
    }


def rezipped(source, target, change=lambda name, data: data, more=(), method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path(source)) as read, zipfile.ZipFile(path(target), "w", method) as out:
        for entry in read.infolist():
            out.writestr(zipfile.ZipInfo(entry.filename), change(entry.filename, read.read(entry)), method)
        for name, data in more:
            out.writestr(zipfile.ZipInfo(name), data, method)


def swapped(data, size):
    return np.frombuffer(data, f"<u{size}").astype(f">u{size}").tobytes()


def big_endian_zip(source, target):
    sizes = {}
    with zipfile.ZipFile(path(source)) as read:
        keys = [entry.filename for entry in read.infolist()]
    # Which number size each storage has, torch itself tells.
    for tensor in flat(torch.load(path(source))):
        data = bytes(tensor.storage().untyped())
        sizes[data] = tensor.element_size()
    top = keys[0].split("/")[0]
    rezipped(
        source,
        target,
        lambda name, data: swapped(data, sizes[data]) if "/data/" in name else data,
        [(top + "/byteorder", b"big")],
    )


def flat(dict_):
    return [value for value in dict_.values() if isinstance(value, torch.Tensor)]


def big_endian_legacy(source, target):
    """Swaps the storages behind the pickles, and the count that stands before each."""
    import pickle

    data = open(path(source), "rb").read()
    stream = io.BytesIO(data)
    for _ in range(3):
        pickle.load(stream)
    keys = {}

    class Reader(pickle.Unpickler):
        def persistent_load(self, id_):
            keys[id_[2]] = (id_[1](0).element_size(), id_[4])
            return id_[1](id_[4])

        def find_class(self, module, name):
            if name.startswith("_rebuild"):
                return lambda *arguments: None
            return super().find_class(module, name)

    Reader(stream).load()
    order = pickle.load(stream)
    out = data[: stream.tell()]
    for key in order:
        size, count = keys[key]
        assert struct.unpack("<q", stream.read(8))[0] == count
        out += struct.pack(">q", count) + swapped(stream.read(size * count), size)
    open(path(target), "wb").write(out.replace(b"little_endianq\x03\x88", b"little_endianq\x03\x89"))


def torch_files():
    old = dict(_use_new_zipfile_serialization=False)
    save("types.pth", types())
    save("types-legacy.pth", types(), **old)
    save("types-protocol4.pth", types(), pickle_protocol=4)
    save("types-legacy-protocol4.pth", types(), pickle_protocol=4, **old)
    save("views.pt", views())
    save("views-legacy.pt", views(), **old)
    save("checkpoint.pth", checkpoint())
    save("checkpoint-legacy.pth", checkpoint(), **old)
    save("tensor.pt", torch.arange(3.0))
    rezipped("views.pt", "views-deflated.pt", method=zipfile.ZIP_DEFLATED)
    limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 10
    rezipped("views.pt", "views-zip64.pt")
    zipfile.ZIP64_LIMIT = limit
    big_endian_zip("types.pth", "types-big-endian.pth")
    big_endian_legacy("types-legacy.pth", "types-legacy-big-endian.pth")
    tag = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: "cuda:1"
    save("types-cuda.pth", types())
    save("types-legacy-cuda.pth", types(), **old)
    torch.serialization.location_tag = lambda storage: "mps"
    save("types-mps.pth", types())
    torch.serialization.location_tag = tag
    expect("types", leaves(types()))
    expect("views", leaves(views()))
    expect("checkpoint", leaves(checkpoint()))
    expect("tensor", leaves(torch.arange(3.0), "tensor"))


def arrays():
    some = np.array([[0, 1, -2.5], [0.1, 1e-3, 100]])
    names = "f8:F64 f4:F32 f2:F16 i8:I64 i4:I32 i2:I16 i1:I8 u1:U8 b1:BOOL".split()
    for code, name in (pair.split(":") for pair in names):
        values = np.abs(some) if code == "u1" else some
        for order in "<>":
            for layout in "CF":
                array = np.asarray(values.astype(order + code), order=layout)
                yield f"{code}.{'little' if order == '<' else 'big'}.{layout}", name, array
    yield "cube", "F32", np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    yield "scalar", "F64", np.array(2.5)
    yield "empty", "F32", np.zeros((3, 0), np.float32)


def numpy_files():
    every = list(arrays())
    named = {name: array for name, _, array in every}
    np.savez(path("arrays.npz"), **named)
    np.savez_compressed(path("arrays-compressed.npz"), **named)
    expect("arrays", (line(n, t, a.shape, a.reshape(-1).tolist()) for n, t, a in every))
    cube = named["cube"]
    for version in (1, 2, 3):
        with open(path(f"cube.v{version}.npy"), "wb") as out:
            np.lib.format.write_array(out, cube, version=(version, 0))
    expect("cube", [line("cube", "F32", cube.shape, cube.reshape(-1).tolist())])


def tensors(value, name=""):
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from tensors(item, f"{name}.{key}" if name else str(key))


def safetensors(file):
    """The header's order; Python's own package is not needed for that."""
    import json

    data = open(file, "rb").read()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    for name, entry in json.loads(data[8:begin]).items():
        if name != "__metadata__":
            dtype = next(dtype for dtype, known in TYPES.items() if known == entry["dtype"])
            first, last = (begin + offset for offset in entry["data_offsets"])
            yield name, torch.frombuffer(bytearray(data[first:last]), dtype=dtype)


def check_sum(file):
    crc, count = 0, 0
    found = safetensors(file) if file.endswith(".safetensors") else tensors(torch.load(file, map_location="cpu"))
    for name, tensor in found:
        crc = zlib.crc32(name.encode() + tensor.detach().float().numpy().astype("<f4").tobytes(), crc)
        count += 1
    print(f"{os.path.basename(file)}, '{count} tensors, {crc:08x}'")


if os.path.isfile(folder):
    for file in sys.argv[1:]:
        check_sum(file)
else:
    os.makedirs(folder, exist_ok=True)
    torch_files()
    numpy_files()
