#!/usr/bin/python3
"""cifar10.py FOLDER [EPOCHS] [SEED]: trains ResNet-20 on CIFAR-10's pictures as docs/trainings.md does; a line an epoch.

FOLDER holds train/ and test/ with a sub-folder for each class. The recipe is that of "./stride train resnet20 --schedule
one-cycle --lr 0.1 --weight-decay 5e-4 --no-bias-decay": SGD with momentum 0.9, batches of 128, a crop out of 4 pixels of
padding, and a flip. 60 epochs take about 80 minutes on 2 cores.
"""

import json
import pathlib
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import cross_entropy

from originals import original

BATCH, PADDING, SIDE = 128, 4, 32
MEAN = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)


def load(folder):
    """The images as bytes, (N, 3, 32, 32), and their classes in the order of the names."""
    images, classes = [], []
    for number, name in enumerate(sorted(entry.name for entry in folder.iterdir() if entry.is_dir())):
        for file in sorted((folder / name).iterdir()):
            images.append(np.asarray(Image.open(file).convert("RGB")).transpose(2, 0, 1))
            classes.append(number)
    return np.stack(images), torch.tensor(classes)


def normalized(images):
    images = (torch.from_numpy(images).float() / 255 - MEAN) / DEVIATION
    return images.to(memory_format=torch.channels_last)


def varied(padded, indices, random):
    """Crops, every second one mirrored."""
    images = np.empty((len(indices), 3, SIDE, SIDE), np.uint8)
    for into, index in zip(images, indices):
        y, x = random.integers(0, 2 * PADDING + 1, 2)
        crop = padded[index, :, y:y + SIDE, x:x + SIDE]
        into[:] = crop[:, :, ::-1] if random.random() < 0.5 else crop
    return images


def main(folder, epochs=60, seed=1):
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    train, train_classes = load(folder / "train")
    test, test_classes = load(folder / "test")
    padded = np.pad(train, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    model = original("resnet20", 10).to(memory_format=torch.channels_last)
    decaying = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.SGD([{"params": decaying, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0}],
                                lr=0.1, momentum=0.9)
    steps = epochs * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=steps, cycle_momentum=False)
    for epoch in range(epochs):
        start, loss_sum, right = time.time(), 0, 0
        model.train()
        order = random.permutation(len(train))
        for at in range(0, len(train), BATCH):
            indices = order[at:at + BATCH]
            target = train_classes[indices]
            logits = model(normalized(varied(padded, indices, random)))
            loss = cross_entropy(logits, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loss_sum += loss.item() * len(indices)
            right += (logits.argmax(1) == target).sum().item()
        seconds = time.time() - start
        model.eval()
        with torch.no_grad():
            answers = torch.cat([model(normalized(test[at:at + 500])).argmax(1) for at in range(0, len(test), 500)])
        print(json.dumps({"epoch": epoch + 1, "loss": loss_sum / len(train), "accuracy": right / len(train),
                          "test_accuracy": (answers == test_classes).float().mean().item(), "seconds": seconds}),
              flush=True)


main(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:]))
