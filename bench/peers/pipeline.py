import sys

import torch
from autoencoder import autoencoder, slerp, weights
from serve import milliseconds, serve

CLASSES, SHOTS, PER_CLASS, BATCH = 10, 5, 128, 256
COUNT = CLASSES * PER_CLASS
once = "once" in sys.argv
net = autoencoder()
support = torch.rand(CLASSES * SHOTS, 1, 28, 28).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def augment():
    start = torch.arange(CLASSES).repeat_interleave(PER_CLASS) * SHOTS
    one = torch.randint(SHOTS, (COUNT,))
    other = (one + torch.randint(1, SHOTS, (COUNT,))) % SHOTS
    omegas = torch.rand(COUNT)
    codes = net.encode(support) if once else None
    for first, second, omega in zip(*(each.split(BATCH) for each in (start + one, start + other, omegas))):
        ends = (codes[rows] if once else net.encode(support[rows]) for rows in (first, second))
        net.decode(slerp(*ends, omega)).numpy()


serve(lambda: COUNT * 1000 / milliseconds(augment), {"torch": torch.__version__}, weights=weights(net))
