"""Objectives of the learners and their gradients by PyTorch in double precision; writes learners.json beside this file.

A tiny convolutional autoencoder is rebuilt from its description: strided convolutions with the padding that TensorFlow
calls `same`, dense heads, and a decoder of transposed convolutions whose surplus last rows and columns are cut off.
"""

import json
import math
from pathlib import Path

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(18070754)
HEIGHT, WIDTH, FILTERS, KERNEL, LATENT, UNITS, N = 6, 5, [2, 3], 3, 3, 4, 6
heights = [HEIGHT, 3, 2]
widths = [WIDTH, 3, 2]


def exact(values):
    """Values that float32 holds exactly, so that both sides start from the same numbers."""
    return values.float().double()


def normal(*shape, scale=1.0):
    return exact(scale * torch.randn(*shape, generator=generator))


def dense(name, inputs, units):
    return {f"{name}/kernel": normal(inputs, units, scale=inputs**-0.5), f"{name}/bias": normal(units, scale=0.1)}


def convolution(name, inputs, filters):
    """Kernels lie as [height, width, inputs, filters]."""
    kernel = normal(KERNEL, KERNEL, inputs, filters, scale=0.4)
    return {f"{name}/kernel": kernel, f"{name}/bias": normal(filters, scale=0.1)}


def transposed(name, inputs, filters):
    """Kernels lie as [height, width, filters, inputs]."""
    kernel = normal(KERNEL, KERNEL, filters, inputs, scale=0.4)
    return {f"{name}/kernel": kernel, f"{name}/bias": normal(filters, scale=0.1)}


smallest = heights[2] * widths[2] * FILTERS[1]
weights = {
    **convolution("encoder/conv0", 1, FILTERS[0]),
    **convolution("encoder/conv1", FILTERS[0], FILTERS[1]),
    **dense("encoder/code", smallest, LATENT),
    **dense("encoder/logVariance", smallest, LATENT),
    **dense("decoder/start", LATENT, smallest),
    **transposed("decoder/conv1", FILTERS[1], FILTERS[0]),
    **transposed("decoder/conv0", FILTERS[0], 1),
    **convolution("critic/conv0", 1, FILTERS[0]),
    **convolution("critic/conv1", FILTERS[0], FILTERS[1]),
    **dense("critic/code", smallest, LATENT),
    **dense("discriminator/hidden0", LATENT, UNITS),
    **dense("discriminator/hidden1", UNITS, UNITS),
    **dense("discriminator/logit", UNITS, 1),
}
images = exact(torch.rand(N, HEIGHT, WIDTH, generator=generator))
labels = torch.tensor([0, 0, 1, 1, 3, 3]).double()
noise = normal(N, LATENT)
prior = normal(N, LATENT)
mix = exact(torch.rand(N, generator=generator))
weights.update(dense("critic/verdict", smallest, 1 + LATENT))
paths = exact(torch.rand(N, 2, generator=generator))
drawn, real, fake = (normal(N, HEIGHT * WIDTH) for _ in range(3))


def linear(w, name, x):
    return x @ w[f"{name}/kernel"] + w[f"{name}/bias"]


def same_convolution(w, name, x):
    pads = []
    for side in (x.shape[3], x.shape[2]):
        total = max((math.ceil(side / 2) - 1) * 2 + KERNEL - side, 0)
        pads += [total // 2, total - total // 2]
    kernel = w[f"{name}/kernel"].permute(3, 2, 0, 1)
    return functional.conv2d(functional.pad(x, pads), kernel, w[f"{name}/bias"], stride=2)


def features(w, net, x):
    for level in (0, 1):
        x = same_convolution(w, f"{net}/conv{level}", x).relu()
    return x.permute(0, 2, 3, 1).reshape(len(x), -1)


def encode(w, x):
    return linear(w, "encoder/code", features(w, "encoder", x))


def decode_logits(w, z):
    x = linear(w, "decoder/start", z).relu()
    x = x.reshape(len(z), heights[2], widths[2], FILTERS[1]).permute(0, 3, 1, 2)
    for level in (1, 0):
        kernel = w[f"decoder/conv{level}/kernel"].permute(3, 2, 0, 1)
        x = functional.conv_transpose2d(x, kernel, w[f"decoder/conv{level}/bias"], stride=2)
        x = x[:, :, : heights[level], : widths[level]]
        x = x.relu() if level == 1 else x
    return x


def decode(w, z):
    return decode_logits(w, z).sigmoid()


def discriminate(w, z):
    z = linear(w, "discriminator/hidden0", z).relu()
    return linear(w, "discriminator/logit", linear(w, "discriminator/hidden1", z).relu())


def criticize(w, x):
    return linear(w, "critic/code", features(w, "critic", x)).mean(1)


def triplets(distances, semantics, margin):
    """Mean of the positive hinges d(a,p) − d(a,n) + margin · (s(a,n) − s(a,p))."""
    hinges = []
    for a in range(N):
        for p in range(N):
            for n in range(N):
                gap = semantics[a, n] - semantics[a, p]
                hinge = distances[a, p] - distances[a, n] + margin * gap
                if a != p and gap > 1e-9 and hinge > 0:
                    hinges.append(hinge)
    return torch.stack(hinges).mean()


def squared(x, y):
    return (x - y).square().flatten(1).sum(1).mean()


difference = (labels[:, None] - labels[None, :]).abs()
x = images[:, None]


def ae(w):
    reconstruction = squared(x, decode(w, encode(w, x)))
    return {"loss": reconstruction, "reconstruction": reconstruction}


def bound(w):
    seen = features(w, "encoder", x)
    mean, log_variance = linear(w, "encoder/code", seen), linear(w, "encoder/logVariance", seen)
    posterior = torch.distributions.Normal(mean, (log_variance / 2).exp())
    z = posterior.loc + posterior.scale * noise
    likelihood = torch.distributions.Bernoulli(logits=decode_logits(w, z), validate_args=False).log_prob(x)
    divergence = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    return -likelihood.flatten(1).sum(1).mean(), divergence.sum(1).mean(), mean


def vae(w, beta):
    reconstruction, divergence, _ = bound(w)
    return {"loss": reconstruction + beta * divergence, "reconstruction": reconstruction, "kl": divergence}


def vae_triplet_loss(w, beta, margin, weight):
    reconstruction, divergence, mean = bound(w)
    distances = ((mean[:, None] - mean[None, :]).square().sum(-1) + 1e-24).sqrt()
    triplet = triplets(distances, (difference > 0).double(), margin)
    loss = reconstruction + beta * divergence + weight * triplet
    return {"loss": loss, "reconstruction": reconstruction, "kl": divergence, "triplet": triplet}


def atnl(w, margin, weight):
    codes = functional.normalize(encode(w, x))
    angles = torch.acos((codes @ codes.T).clamp(-1 + 1e-6, 1 - 1e-6))
    angular = triplets(angles, difference / 3, margin)
    reconstruction = squared(x, decode(w, codes))
    return {"loss": reconstruction + weight * angular, "reconstruction": reconstruction, "atnl": angular}


def aae_discriminator(w, deviation):
    real, fake = discriminate(w, deviation * prior), discriminate(w, encode(w, x))
    cross_entropy = functional.binary_cross_entropy_with_logits
    return {"loss": cross_entropy(real, torch.ones_like(real)) + cross_entropy(fake, torch.zeros_like(fake))}


def aae_generator(w):
    fake = discriminate(w, encode(w, x))
    return {"loss": functional.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))}


def interpolate(w):
    codes = encode(w, x)
    alpha = 0.5 * mix
    mixture = torch.lerp(codes, codes.roll(-1, 0), alpha[:, None])
    return decode(w, codes), decode(w, mixture), alpha


def acai_autoencoder(w, weight):
    restored, mixed, _ = interpolate(w)
    reconstruction, verdict = functional.mse_loss(restored, x), criticize(w, mixed).square().mean()
    return {"loss": reconstruction + weight * verdict, "reconstruction": reconstruction, "verdict": verdict}


def acai_critic(w, gamma):
    restored, mixed, alpha = interpolate(w)
    real = torch.lerp(restored, x, gamma)
    return {"loss": functional.mse_loss(criticize(w, mixed), alpha) + criticize(w, real).square().mean()}


def new_codes(codes):
    """Towards the next of the class, as it is, or along the difference of two others: by turns."""
    following = [1, 0, 3, 2, 5, 4]
    rows = []
    for i, (choice, omega) in enumerate(paths):
        other = int(N * choice)
        if i % 2 == 0:
            rows.append(torch.lerp(codes[i], codes[following[i]], omega))
        elif i % 4 == 1:
            rows.append(codes[i])
        else:
            rows.append(codes[i] + omega * (codes[following[other]] - codes[other]))
    return functional.normalize(torch.stack(rows))


def verdicts(w, x, kinds, unrest):
    seen = x + 0.15 * unrest.reshape(x.shape)
    values = linear(w, "critic/verdict", features(w, "critic", seen))
    return values[:, 0] + (values[:, 1:] * kinds).sum(1)


def adversarial_decoder(w, critic, cycle):
    codes = functional.normalize(encode(w, x))
    fresh = new_codes(codes)
    made = decode(w, fresh)
    verdict = (verdicts(w, made, fresh, drawn) - 1).square().mean()
    way = (functional.normalize(encode(w, made)) - fresh).square().sum(1).mean()
    reconstruction = squared(x, decode(w, codes))
    loss = reconstruction + critic * verdict + cycle * way
    return {"loss": loss, "reconstruction": reconstruction, "verdict": verdict, "cycle": way}


def adversarial_critic(w):
    codes = functional.normalize(encode(w, x))
    fresh = new_codes(codes)
    accepted, refused = verdicts(w, x, codes, real), verdicts(w, decode(w, fresh), fresh, fake)
    return {"loss": (accepted - 1).square().mean() + refused.square().mean()}


def digits(tensor):
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def part(losses, nets, without=("encoder/logVariance",)):
    """Terms, and the gradient of `loss` for every weight of the nets."""
    leaves = {name: value.clone().requires_grad_() for name, value in weights.items()}
    terms = losses(leaves)
    terms["loss"].backward()
    own = [name for name in weights if name.startswith(nets) and not name.startswith(tuple(without))]
    return {
        "losses": {name: value.item() for name, value in terms.items()},
        "gradients": {name: digits(leaves[name].grad) for name in own},
    }


both = ("encoder/", "decoder/")
reference = {
    "torch": torch.__version__,
    "imageShape": [HEIGHT, WIDTH, 1],
    "filters": FILTERS,
    "kernelSize": KERNEL,
    "latentSize": LATENT,
    "weights": {name: {"shape": list(value.shape), "values": value.flatten().tolist()} for name, value in weights.items()},
    "images": images.flatten().tolist(),
    "labels": labels.tolist(),
    "random": {
        name: values.flatten().tolist()
        for name, values in dict(
            noise=noise, prior=prior, mix=mix, paths=paths, drawn=drawn, real=real, fake=fake
        ).items()
    },
    "learners": [
        {"name": "ae", "options": {}, "parts": {"autoencoder": part(ae, both)}},
        {
            "name": "vae",
            "options": {"beta": 0.7},
            "parts": {"autoencoder": part(lambda w: vae(w, 0.7), both, without=("none",))},
        },
        {
            "name": "vaeTripletLoss",
            "options": {"beta": 0.7, "margin": 1.5, "lambda": 3},
            "parts": {"autoencoder": part(lambda w: vae_triplet_loss(w, 0.7, 1.5, 3), both, without=("none",))},
        },
        {
            "name": "aae",
            "options": {"units": UNITS, "priorDeviation": 2},
            "parts": {
                "autoencoder": part(ae, both),
                "discriminator": part(lambda w: aae_discriminator(w, 2), "discriminator/"),
                "generator": part(aae_generator, "encoder/"),
            },
        },
        {
            "name": "acai",
            "options": {"lambda": 0.5, "gamma": 0.2},
            "parts": {
                "autoencoder": part(lambda w: acai_autoencoder(w, 0.5), both),
                "critic": part(lambda w: acai_critic(w, 0.2), "critic/", without=("critic/verdict",)),
            },
        },
        {
            "name": "atnl",
            "options": {"semantics": "ordinal", "range": 3, "margin": 0.8, "lambda": 3, "negative": "anchor"},
            "parts": {"autoencoder": part(lambda w: atnl(w, 0.8, 3), both)},
        },
        {
            "name": "adversarialDecoder",
            "options": {"critic": 4, "cycle": 2},
            "parts": {
                "autoencoder": part(lambda w: adversarial_decoder(w, 4, 2), "decoder/"),
                "critic": part(adversarial_critic, "critic/", without=("critic/code",)),
            },
        },
    ],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
