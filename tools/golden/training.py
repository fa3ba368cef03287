"""What PyTorch says of learning rates and losses: the numbers in ScheduleTest and LossTest."""
import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import LinearLR, MultiStepLR, CosineAnnealingLR, ReduceLROnPlateau, SequentialLR, StepLR


def rates(make, steps, metric=None):
    optimizer = SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
    scheduler = make(optimizer)
    result = []
    for step in range(steps):
        result.append(round(optimizer.param_groups[0]["lr"], 9))
        optimizer.step()
        scheduler.step(metric[step]) if metric else scheduler.step()
    return result


print("step", rates(lambda o: StepLR(o, 3, 0.5), 10))
print("multi-step", rates(lambda o: MultiStepLR(o, [3, 6, 7], 0.1), 10))
print("warm-up, multi-step", rates(
    lambda o: SequentialLR(o, [LinearLR(o, 0.01, total_iters=4), MultiStepLR(o, [3, 5], 0.1)], [4]), 12))
print("warm-up, cosine", rates(
    lambda o: SequentialLR(o, [LinearLR(o, 0.01, total_iters=2), CosineAnnealingLR(o, 7)], [2]), 10))
losses = [5, 4, 4, 3.9999, 4.1, 3, 3, 3, 3, 3, 2.9, 3, 3, 3]
print("plateau", rates(lambda o: ReduceLROnPlateau(o, factor=0.5, patience=2), 14, losses))


def loss(what, z, y, **settings):
    z = torch.tensor(z, requires_grad=True)
    value = what(z, torch.tensor(y), **settings)
    value.backward()
    print(what.__name__, settings, value.item(), z.grad.flatten().tolist())


ce = torch.nn.functional.cross_entropy
bce = torch.nn.functional.binary_cross_entropy_with_logits
z = [[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]]
w = torch.tensor([0.5, 2.0, 3.0])
loss(ce, z, [2, 1], label_smoothing=0.1)
loss(ce, z, [2, 1], weight=w)
loss(ce, z, [2, 1], weight=w, label_smoothing=0.2)
loss(ce, z, [[0.25, 0.75, 0.0], [0.0, 0.5, 0.5]], weight=w, label_smoothing=0.2)
loss(bce, [[1.5], [-0.5], [2.0]], [[1.0], [1.0], [0.0]], pos_weight=torch.tensor([2.5]))
loss(bce, z, [[1.0, 0.0, 0.5], [0.0, 1.0, 1.0]], pos_weight=torch.tensor([2.5, 0.5, 1.0]))
