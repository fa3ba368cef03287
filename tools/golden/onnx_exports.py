"""Exports torchvision's classifiers to ONNX and writes what PyTorch computes of two images.

    onnx_exports.py FOLDER [NAME ...]

For each network FOLDER/NAME.onnx, NAME.in.f32 (2 images, N x C x H x W) and NAME.out.f32 (2 rows of
logits), little-endian. Weights are random, batch norm's statistics too; opsets 7 to 17 take turns.
"""

import sys

import torch
import torchvision

NAMES = """alexnet vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn googlenet inception_v3
resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d wide_resnet50_2 squeezenet1_0
squeezenet1_1 densenet121 densenet161 densenet169 densenet201 shufflenet_v2_x0_5 shufflenet_v2_x1_0
shufflenet_v2_x1_5 shufflenet_v2_x2_0 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large
efficientnet_b0""".split()

# Adaptive pooling is exported only where it divides the image.
SIZES = {"inception_v3": (96, 128)} | {
    name: (224, 224) for name in NAMES if name == "alexnet" or name.startswith("vgg")
}
OPSETS = range(7, 18)


def randomise(model):
    generator = torch.Generator().manual_seed(7)

    def uniform(tensor, low, high):
        tensor.copy_(low + (high - low) * torch.rand(tensor.shape, generator=generator))

    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                uniform(module.weight, 0.5, 1.5)
                uniform(module.bias, -0.25, 0.25)
                uniform(module.running_mean, -0.25, 0.25)
                uniform(module.running_var, 0.5, 2)
            elif isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
                fan = module.weight[0].numel()
                bound = 1.1 * (6 / fan) ** 0.5
                uniform(module.weight, -bound, bound)
                if module.bias is not None:
                    uniform(module.bias, -0.2, 0.2)
    return generator


def export(folder, name, opset):
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    if options:
        options["aux_logits"] = False
    model = getattr(torchvision.models, name)(weights=None, num_classes=10, **options)
    generator = randomise(model)
    model.eval()
    height, width = SIZES.get(name, (64, 96))
    # With a free batch PyTorch does not know how many channels shuffled ones are.
    free = opset % 2 == 1 and not name.startswith("shufflenet")
    images = torch.rand((2, 3, height, width), generator=generator) * 2 - 1
    images += torch.rand((2, 3, 1, 1), generator=generator) * 4 - 2
    torch.onnx.export(
        model,
        images[:1],
        f"{folder}/{name}.onnx",
        opset_version=opset,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}} if free else None,
    )
    with torch.no_grad():
        logits = model(images)
    images.numpy().astype("<f4").tofile(f"{folder}/{name}.in.f32")
    logits.numpy().astype("<f4").tofile(f"{folder}/{name}.out.f32")


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1]
    for number, name in enumerate(NAMES):
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        export(folder, name, OPSETS[number % len(OPSETS)])
        print(name, OPSETS[number % len(OPSETS)], flush=True)


if __name__ == "__main__":
    main()
