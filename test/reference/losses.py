"""Losses and their gradients by PyTorch in double precision; writes losses.json beside this file."""

import json
import math
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(20201010)


def normal(*shape):
    """Values that float32 holds exactly, so that both sides start from the same numbers."""
    return torch.randn(*shape, generator=generator).float().double()


def with_gradients(loss, *inputs):
    leaves = [x.clone().requires_grad_() for x in inputs]
    value = loss(*leaves)
    value.backward()
    return {"value": value.item(), "gradients": [leaf.grad.flatten().tolist() for leaf in leaves]}


def semantic_distances(labels, name):
    difference = (labels[:, None] - labels[None, :]).abs()
    if name == "nominal":
        return (difference > 0).double()
    if name == "ordinal":
        return difference / 9
    turn = difference * (2 * math.pi / 360)
    return torch.atan2(turn.sin(), turn.cos()).abs() / math.pi


def hinge_mean(distances, semantics, margin, negative="anchor", neighborhood=math.inf, over="active"):
    n = len(distances)
    gap = semantics[:, None, :] - semantics[:, :, None]  # [anchor, positive, negative]
    away = distances[:, None, :] if negative == "anchor" else distances[None, :, :]
    hinge = distances[:, :, None] - away + margin * gap
    chosen = (gap > 1e-9) & (gap <= neighborhood) & ~torch.eye(n, dtype=torch.bool)[:, :, None]
    if over == "active":
        chosen = chosen & (hinge > 0)
    return hinge.clamp(min=0)[chosen].mean()


def soft_mean(distances, semantics, margin, temperature, negative="anchor", neighborhood=math.inf):
    n = len(distances)
    gap = semantics[:, None, :] - semantics[:, :, None]
    away = distances[:, None, :] if negative == "anchor" else distances[None, :, :]
    exponents = (distances[:, :, None] - away + margin * gap) / temperature
    chosen = (gap > 1e-9) & (gap <= neighborhood)
    pairs = chosen.any(2) & ~torch.eye(n, dtype=torch.bool)
    inside = torch.cat([exponents.masked_fill(~chosen, -math.inf), torch.zeros(n, n, 1)], 2)
    return temperature * torch.logsumexp(inside, 2)[pairs].mean()


def angles(codes):
    return torch.acos((codes @ codes.T).clamp(-1 + 1e-6, 1 - 1e-6))


def euclidean(codes):
    difference = codes[:, None, :] - codes[None, :, :]
    return (difference.square().sum(-1) + 1e-24).sqrt()


codes = torch.nn.functional.normalize(normal(12, 5)).float().double()
digits = torch.tensor([0, 3, 3, 9, 1, 0, 1, 4, 4, 4, 9, 2]).double()
yaws = torch.tensor([0, 15, 345, 180, 200, 90, 270, 275, 60, 15, 130, 359]).double()

variants = [
    {"semantics": "nominal", "margin": 0.5},
    {"semantics": "nominal", "margin": 0.1, "negative": "positive"},
    {"semantics": "nominal", "margin": 0.5, "over": "selected"},
    {"semantics": "ordinal", "margin": 2.0},
    {"semantics": "ordinal", "margin": 2.0, "negative": "positive"},
    {"semantics": "ordinal", "margin": 2.0, "neighborhood": 0.25},
    {"semantics": "circular", "margin": 1.5},
    {"semantics": "circular", "margin": 1.5, "negative": "positive", "neighborhood": 0.41},
    {"semantics": "nominal", "margin": 0.3, "temperature": 0.1},
    {"semantics": "nominal", "margin": 0.3, "temperature": 0.001},
    {"semantics": "ordinal", "margin": 2.0, "temperature": 0.5, "negative": "positive"},
    {"semantics": "circular", "margin": 1.5, "temperature": 0.2, "neighborhood": 0.41},
]
atnl = []
for variant in variants:
    labels = yaws if variant["semantics"] == "circular" else digits
    rule = {key: value for key, value in variant.items() if key != "semantics"}
    meaning = semantic_distances(labels, variant["semantics"])
    mean = soft_mean if "temperature" in rule else hinge_mean
    result = with_gradients(lambda z: mean(angles(z), meaning, **rule), codes)
    atnl.append({"options": variant, "labels": labels.tolist(), **result})

loose = 2 * normal(12, 5)
images = torch.rand(4, 9, generator=generator).float().double()
shown = torch.rand(4, 9, generator=generator).mul(0.98).add(0.01).float().double()
logits = 6 * normal(4, 9)
mean, log_variance = normal(6, 5), normal(6, 5)
functional = torch.nn.functional


def kl(mu, log_var):
    posterior = torch.distributions.Normal(mu, (log_var / 2).exp())
    prior = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return torch.distributions.kl_divergence(posterior, prior).sum(1).mean()


reference = {
    "codes": codes.tolist(),
    "atnl": atnl,
    "triplet": [
        {
            "margin": margin,
            "codes": loose.tolist(),
            "labels": digits.tolist(),
            **with_gradients(lambda z: hinge_mean(euclidean(z), semantic_distances(digits, "nominal"), margin), loose),
        }
        for margin in (1.0, 0.2)
    ],
    "reconstruction": {
        "images": images.tolist(),
        "shown": shown.tolist(),
        "logits": logits.tolist(),
        "meanSquaredError": with_gradients(lambda y: functional.mse_loss(y, images), shown),
        "binaryCrossEntropy": with_gradients(lambda y: functional.binary_cross_entropy(y, images), shown),
        "binaryCrossEntropyWithLogits": with_gradients(
            lambda l: functional.binary_cross_entropy_with_logits(l, images), logits
        ),
    },
    "kl": {
        "mean": mean.tolist(),
        "logVariance": log_variance.tolist(),
        **with_gradients(kl, mean, log_variance),
    },
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
