"""Random affine transforms by SciPy, for test/augment/affine.spec.ts. Writes affine.json beside this file."""

import json
import math
from pathlib import Path

import numpy as np
import scipy
from scipy.ndimage import affine_transform

generator = np.random.default_rng(20201010)

cases = []
for height, width, channels, degrees, scale, shear, down, right in [
    (7, 7, 1, 0, 0, 0, 0, 0),
    (7, 7, 1, 30, 0, 0, 0, 0),
    (8, 5, 1, 0, 0.3, 0, 0, 0),
    (8, 5, 1, 0, 0, 0.4, 0, 0),
    (8, 5, 1, 0, 0, 0, 0.13, -0.21),
    (6, 9, 3, -17.5, -0.15, 0.2, 0.1, 0.07),
    (5, 6, 2, 80, 0.4, -0.5, -0.3, 0.2),
    (5, 5, 1, 12, -0.9, 0.1, 0, 0),
]:
    image = generator.integers(0, 256, size=(height, width, channels)) / 256
    angle = math.radians(degrees)
    # On (row, column) offsets from the centre: shear sideways, turn clockwise as the eye sees it, scale, shift.
    sheared = np.array([[1, 0], [shear, 1]])
    turned = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    forward = (1 + scale) * turned @ sheared
    # SciPy asks where each pixel of the result comes from.
    inverse = np.linalg.inv(forward)
    centre = (np.array([height, width]) - 1) / 2
    shift = np.array([down * height, right * width])
    offset = centre - inverse @ (centre + shift)
    result = np.stack(
        # grid-constant: beyond the border lie pixels of value 0, and values in between are interpolated.
        [affine_transform(image[..., c], inverse, offset, order=1, mode="grid-constant", cval=0) for c in range(channels)],
        axis=-1,
    )
    cases.append(
        {
            "shape": [height, width, channels],
            "draws": [degrees, scale, shear, down, right],
            "pixels": image.ravel().tolist(),
            "expected": np.round(result.ravel(), 9).tolist(),
        }
    )

Path(__file__).with_suffix(".json").write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}) + "\n")
