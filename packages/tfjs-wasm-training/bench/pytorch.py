"""The side in PyTorch: for each case on a line of stdin, as JSON, it measures a round of it (see worker.mjs)."""

import json
import platform
import sys

import torch
from serve import milliseconds, reply
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
ROUND = 40
LAST = {"memory_format": torch.channels_last}


def uniform(*shape):
    return torch.rand(*shape) * 2 - 1


def convolution(case):
    side, stride, kernel = case["side"], case["stride"], case["kernel"]
    outputs = -(-side // stride)
    padding = ((outputs - 1) * stride + kernel - side) // 2
    # PyTorch's convolutions are faster on the CPU in this memory order.
    x = uniform(case["images"], case["channels"], side, side).contiguous(**LAST)
    weight = uniform(case["filters"], case["channels"], kernel, kernel).contiguous(**LAST)
    if case["pass"] == "forward":
        return lambda: F.conv2d(x, weight, None, stride, padding)
    dy = uniform(case["images"], case["filters"], outputs, outputs).contiguous(**LAST)
    which = 0 if case["pass"] == "gradient of the input" else 1
    wanted = [which == 0, which == 1, False]
    shape = ([stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1)
    return lambda: torch.ops.aten.convolution_backward(dy, x, weight, None, *shape, wanted)[which]


def product(case):
    rows, inner, columns = case["rows"], case["inner"], case["columns"]
    a = uniform(inner, rows).T if case["transposed"] == "left" else uniform(rows, inner)
    b = uniform(columns, inner).T if case["transposed"] == "right" else uniform(inner, columns)
    return lambda: a @ b


def pool(case):
    x = uniform(case["images"], case["channels"], case["side"], case["side"]).contiguous(**LAST)
    y, places = F.max_pool2d(x, 2, return_indices=True)
    dy = uniform(*y.shape).contiguous(**LAST)
    two, none, one = [2, 2], [0, 0], [1, 1]
    backward = torch.ops.aten.max_pool2d_with_indices_backward
    return lambda: backward(dy, x, two, two, none, one, False, places)


def adam(case):
    parameters = [nn.Parameter(uniform(size)) for size in case["sizes"]]
    for parameter in parameters:
        parameter.grad = uniform(*parameter.shape)
    optimizer = torch.optim.Adam(parameters, lr=1e-3, eps=1e-7, fused=True)
    return optimizer.step


def training(case):
    first, second = case["filters"]
    side = case["side"]
    net = nn.Sequential(
        nn.Conv2d(1, first, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear((side // 4) ** 2 * second, 10),
    ).to(**LAST)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)
    x = uniform(case["images"], 1, side, side).contiguous(**LAST)
    labels = torch.arange(case["images"]) % 10

    def step():
        loss = F.cross_entropy(net(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()

    return step


prepare = {one.__name__: one for one in (convolution, product, pool, adam, training)}


def times_of(run, times):
    def body():
        for _ in range(times):
            run()

    return milliseconds(body) / times


reply(ready={"versions": {"python": platform.python_version(), "torch": torch.__version__}})
known = None
for line in sys.stdin:
    if line != known:
        case = json.loads(line)
        known, run = line, prepare[case["kind"]](case)
        made = run()
        values = made.numel() if isinstance(made, torch.Tensor) else 0
        times = max(1, int(ROUND / min(times_of(run, 1), times_of(run, 2))) + 1)
    reply(value={"ms": times_of(run, times), "values": values})
