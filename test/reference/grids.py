"""An encoder with grids, its batch normalization and its decoder by PyTorch in double precision; writes grids.json beside this file."""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
SIDE, FILTERS, (FINE, COARSE), STYLE, KERNEL = 16, [2, 3, 4, 3], (2, 3), 2, 3
EPSILON = 1e-5


drawn = 0


def normal(*shape):
    """Values in [-1, 1] that the test computes, too, and that float32 holds exactly."""
    global drawn
    drawn += 1
    index = torch.arange(math.prod(shape)).double()
    return torch.sin(12.9898 * (index + 1) + 78.233 * drawn).reshape(shape).float().double()


def conv(side, inputs, outputs):
    return 2 * normal(side, side, inputs, outputs) / (side * inputs**0.5)


def up(inputs, outputs):
    return 2 * normal(4, 4, outputs, inputs) / (4 * inputs**0.5)


places = (SIDE // 8) ** 2
kernels = {
    "encoder/conv0": conv(2 * KERNEL, 1, FILTERS[0]),
    "encoder/conv1": conv(KERNEL, FILTERS[0], FILTERS[1]),
    "encoder/conv2": conv(KERNEL, FILTERS[1], FILTERS[2]),
    "encoder/conv3": conv(KERNEL, FILTERS[2], FILTERS[3]),
    "encoder/fine": conv(1, FILTERS[2], FINE),
    "encoder/coarse": conv(1, FILTERS[3], COARSE),
    "encoder/style": conv(1, FILTERS[0] + FILTERS[2], STYLE),
    "decoder/style": normal(STYLE, places * 16),
    "decoder/pen": normal(STYLE, 64 + 32),
    "decoder/conv3": conv(KERNEL, COARSE + 16, 96),
    "decoder/conv2": up(96, 64),
    "decoder/fine": conv(KERNEL, 64 + FINE, 64),
    "decoder/conv1": up(64, 32),
    "decoder/conv0": up(32, 1),
}
kernels = {name: kernel.float().double() for name, kernel in kernels.items()}
outputs_of = lambda name, kernel: kernel.shape[2] if name in ("decoder/conv2", "decoder/conv1", "decoder/conv0") else kernel.shape[-1]
biases = {name: (0.1 * normal(outputs_of(name, kernel))).float().double() for name, kernel in kernels.items()}
layers = ["encoder/conv0", "encoder/conv1", "encoder/conv2", "encoder/conv3", "encoder/fine", "encoder/coarse", "encoder/style"]
scales = {name: (1 + 0.2 * normal(kernels[name].shape[-1])).float().double() for name in layers}
offsets = {name: (0.2 * normal(kernels[name].shape[-1])).float().double() for name in layers}


def unit(rows):
    return F.normalize(rows, dim=1)


def flat(maps):
    return maps.permute(0, 2, 3, 1).flatten(1)


def encode(images, kernels, biases, normalize=None):
    """Codes of images [n, 1, h, w]; `normalize` comes behind each convolution."""

    def layer(maps, name, stride=1):
        kernel = kernels[name].permute(3, 2, 0, 1)
        padding = (kernel.shape[-1] - 1) // 2 if stride == 1 else (kernel.shape[-1] - stride) // 2
        maps = F.conv2d(maps, kernel, biases[name], stride, padding)
        return maps if normalize is None else normalize(maps, name)

    lines = F.max_pool2d(F.relu(layer(images, "encoder/conv0", 2)), 2)
    parts = F.relu(layer(F.relu(layer(lines, "encoder/conv1")), "encoder/conv2"))
    wholes = F.relu(layer(F.max_pool2d(parts, 2), "encoder/conv3"))
    kind = torch.cat([0.6 * unit(flat(layer(parts, "encoder/fine"))), 0.8 * unit(flat(layer(wholes, "encoder/coarse")))], 1)
    style = flat(layer(torch.cat([lines.mean((2, 3), True), parts.mean((2, 3), True)], 1), "encoder/style"))
    return torch.cat([unit(kind), unit(style)], 1) * 0.5**0.5


def decode(codes):
    def grid(rows, side):
        return rows.reshape(len(rows), side, side, -1).permute(0, 3, 1, 2)

    def around1(rows):
        return unit(rows) * rows.shape[1] ** 0.5

    def double(maps, name):
        return F.conv_transpose2d(maps, kernels[name].permute(3, 2, 0, 1), biases[name], 2, 1)

    def layer(maps, name):
        return F.conv2d(maps, kernels[name].permute(3, 2, 0, 1), biases[name], 1, 1)

    fine_size, coarse_size = (SIDE // 4) ** 2 * FINE, (SIDE // 8) ** 2 * COARSE
    fine, coarse, style = codes.split([fine_size, coarse_size, STYLE], 1)
    hand = around1(style)
    style = hand @ kernels["decoder/style"] + biases["decoder/style"]
    first_pen, second_pen = (hand @ kernels["decoder/pen"] + biases["decoder/pen"])[:, :, None, None].split([64, 32], 1)
    known = torch.cat([grid(around1(coarse), SIDE // 8), grid(style, SIDE // 8)], 1)
    wholes = F.relu(layer(known, "decoder/conv3"))
    parts = torch.cat([F.relu(double(wholes, "decoder/conv2")), grid(around1(fine), SIDE // 4)], 1)
    lines = F.relu(double(F.relu(layer(parts, "decoder/fine") + first_pen), "decoder/conv1") + second_pen)
    return torch.sigmoid(double(lines, "decoder/conv0"))


def normalized(maps, name, scales=scales):
    return F.batch_norm(maps, None, None, scales[name], offsets[name], training=True, eps=EPSILON)


images = (0.5 + 0.5 * normal(6, 1, SIDE, SIDE)).float().double()
batches = [(0.5 + 0.5 * normal(5, 1, SIDE, SIDE)).float().double() for _ in range(3)]
weights = normal(6, (SIDE // 4) ** 2 * FINE + (SIDE // 8) ** 2 * COARSE + STYLE)

leaf_kernel = kernels["encoder/conv1"].clone().requires_grad_()
leaf_scale = scales["encoder/conv2"].clone().requires_grad_()
own_scales = {**scales, "encoder/conv2": leaf_scale}
with_norm = encode(images, {**kernels, "encoder/conv1": leaf_kernel}, biases, lambda m, n: normalized(m, n, own_scales))
(with_norm * weights).sum().backward()

found = {name: [] for name in layers}


def watched(maps, name):
    found[name].append((maps.mean((0, 2, 3)), maps.var((0, 2, 3), unbiased=False)))
    return normalized(maps, name)


for batch in batches:
    encode(batch, kernels, biases, watched)
mean = {name: torch.stack([one[0] for one in found[name]]).mean(0) for name in layers}
variance = {name: torch.stack([one[1] for one in found[name]]).mean(0) for name in layers}
at_rest = encode(
    images,
    kernels,
    biases,
    lambda m, n: F.batch_norm(m, mean[n], variance[n], scales[n], offsets[n], training=False, eps=EPSILON),
)
codes = encode(images, kernels, biases)
rows = lambda t: t.detach().permute(0, 2, 3, 1).flatten().tolist() if t.dim() == 4 else t.detach().flatten().tolist()
short = lambda values: [float(f"{value:.8g}") for value in values]
Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "codes": short(rows(codes)),
            "decoded": short(rows(decode(codes))),
            "normalized": short(rows(with_norm)),
            "gradients": {
                "encoder/conv1/kernel": short(rows(leaf_kernel.grad.flatten())),
                "norm/encoder/conv2/scale": short(rows(leaf_scale.grad)),
            },
            "atRest": short(rows(at_rest)),
        }
    )
)
