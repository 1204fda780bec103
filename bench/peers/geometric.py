import sys

import albumentations
import cv2
import numpy as np
from serve import milliseconds, serve

cv2.setNumThreads(0)
name, height, width, channels, count = sys.argv[1], *map(int, sys.argv[2:])
# The same work as ours: angles and shares of bench/cases/geometric.mjs; a shear of 0.2 is one of 11.3°.
transform = {
    "affine": albumentations.Affine(
        rotate=(-15, 15), scale=(0.85, 1.15), shear={"x": (-11.3, 11.3)}, translate_percent=(-0.1, 0.1), p=1
    ),
    "elastic": albumentations.ElasticTransform(alpha=34, sigma=4, p=1),
    "blur": albumentations.GaussianBlur(blur_limit=0, sigma_limit=(1, 1), p=1),
}[name]
image = np.random.default_rng(1).random((height, width, channels), dtype=np.float32)


def apply():
    for _ in range(count):
        transform(image=image)


versions = {"albumentations": albumentations.__version__, "opencv": cv2.__version__}
serve(lambda: count * 1000 / milliseconds(apply), versions)
