import torch
from autoencoder import autoencoder, weights
from serve import milliseconds, serve
from torch.nn import functional as F

BATCH, BATCHES = 256, 8
net = autoencoder()
codes = F.normalize(torch.rand(BATCH, 32) - 0.5)


@torch.inference_mode()
def decode():
    for _ in range(BATCHES):
        net.decode(codes).numpy()


serve(lambda: BATCH * BATCHES * 1000 / milliseconds(decode), {"torch": torch.__version__}, weights=weights(net))
