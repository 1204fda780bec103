import torch
from autoencoder import autoencoder, slerp, weights
from serve import milliseconds, serve

BATCH, BATCHES = 256, 4
net = autoencoder()
first, second = torch.rand(2, BATCH, 1, 28, 28)
first, second = (images.contiguous(memory_format=torch.channels_last) for images in (first, second))
omega = torch.rand(BATCH)


@torch.inference_mode()
def interpolate():
    for _ in range(BATCHES):
        net.decode(slerp(net.encode(first), net.encode(second), omega)).numpy()


serve(lambda: BATCH * BATCHES * 1000 / milliseconds(interpolate), {"torch": torch.__version__}, weights=weights(net))
