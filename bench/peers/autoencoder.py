"""The architecture and the objective of the shipped MNIST encoder, as one would write them in PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.manual_seed(1)

MARGIN, LAMBDA = 0.5, 20


class Autoencoder(nn.Module):
    def __init__(self, latent=32):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(7 * 7 * 64, latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, 7 * 7 * 64),
            nn.ReLU(),
            nn.Unflatten(1, (64, 7, 7)),
            nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def encode(self, images):
        return F.normalize(self.encoder(images))

    def decode(self, codes):
        return self.decoder(codes)


def autoencoder():
    # PyTorch's convolutions are faster on the CPU in this memory order.
    return Autoencoder().to(memory_format=torch.channels_last)


def weights(module):
    return sum(parameter.numel() for parameter in module.parameters())


def atnl(codes, labels):
    angles = torch.acos((codes @ codes.T).clamp(-1 + 1e-6, 1 - 1e-6))
    same = labels[:, None] == labels[None, :]
    anchors, positives = torch.nonzero(same & ~torch.eye(len(labels), dtype=torch.bool), as_tuple=True)
    hinges = angles[anchors, positives][:, None] - angles[anchors] + MARGIN
    hinges = F.relu(hinges.masked_fill(same[anchors], 0))
    return hinges.sum() / (hinges > 0).sum().clamp(min=1)


def slerp(first, second, omega):
    theta = torch.acos((first * second).sum(1, keepdim=True).clamp(-1 + 1e-6, 1 - 1e-6))
    omega = omega[:, None]
    return (torch.sin((1 - omega) * theta) * first + torch.sin(omega * theta) * second) / torch.sin(theta)
