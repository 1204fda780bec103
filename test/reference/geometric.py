"""Warps and blurs by SciPy, for test/augment/geometric*.spec.ts. Writes geometric.json beside this file."""

import json
import math
from pathlib import Path

import numpy as np
import scipy
from scipy.ndimage import affine_transform, gaussian_filter, map_coordinates

generator = np.random.default_rng(20180101)
# zero: beyond the border lie pixels of value 0, and values in between are interpolated; edge: the outermost pixels go on.
modes = {"zero": "grid-constant", "edge": "nearest"}


def picture(height, width, channels):
    return generator.integers(0, 256, size=(height, width, channels)) / 256


def by_channel(image, body):
    return np.stack([body(image[..., c]) for c in range(image.shape[2])], axis=-1)


def case(image, result, **facts):
    return {
        **facts,
        "shape": image.shape,
        "pixels": image.ravel().tolist(),
        "expected": np.round(result.ravel(), 9).tolist(),
    }


def warps():
    for name, draws, shape in [
        ("rotate", [33], (7, 8, 1)),
        ("rotate", [-120], (5, 4, 3)),
        ("scale", [0.4], (6, 7, 1)),
        ("scale", [-0.35], (6, 7, 3)),
        ("shear", [0.45], (8, 6, 2)),
        ("shift", [0.17, -0.28], (7, 6, 1)),
        ("shift", [-0.4, 0.31], (6, 5, 3)),
    ]:
        degrees = math.radians(draws[0] if name == "rotate" else 0)
        size = 1 + (draws[0] if name == "scale" else 0)
        slant = draws[0] if name == "shear" else 0
        share = draws if name == "shift" else [0, 0]
        # On (row, column) offsets from the centre: shear sideways, turn clockwise as the eye sees it, scale, shift.
        turned = np.array([[math.cos(degrees), math.sin(degrees)], [-math.sin(degrees), math.cos(degrees)]])
        inverse = np.linalg.inv(size * turned @ np.array([[1, 0], [slant, 1]]))
        centre = (np.array(shape[:2]) - 1) / 2
        offset = centre - inverse @ (centre + np.array(share) * shape[:2])
        image = picture(*shape)
        for fill, mode in modes.items():
            result = by_channel(image, lambda plane: affine_transform(plane, inverse, offset, order=1, mode=mode))
            yield case(image, result, name=name, draws=draws, fill=fill)


def blurs():
    for sigma, shape in [(0.3, (5, 6, 1)), (1, (7, 5, 1)), (1, (9, 40, 3)), (2.2, (6, 4, 2)), (5, (3, 2, 1))]:
        image = picture(*shape)
        yield case(image, by_channel(image, lambda plane: gaussian_filter(plane, sigma, mode="reflect")), sigma=sigma)


def elastics():
    for alpha, sigma, shape in [(34, 4, (9, 8, 1)), (8, 1.5, (7, 10, 3))]:
        image = picture(*shape)
        # The halves of a number's random bits: 26 for the displacement down, 26 for the one to the right.
        halves = generator.integers(0, 2**26, size=(2, *shape[:2]))
        numbers = (halves[0] + halves[1] / 2**26) / 2**26
        down, right = (gaussian_filter(alpha * (2 * half / 2**26 - 1), sigma, mode="reflect") for half in halves)
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        for fill, mode in modes.items():
            result = by_channel(
                image, lambda plane: map_coordinates(plane, [rows + down, columns + right], order=1, mode=mode)
            )
            yield case(image, result, alpha=alpha, sigma=sigma, fill=fill, draws=numbers.ravel().tolist())


reference = {"scipy": scipy.__version__, "warps": [*warps()], "blurs": [*blurs()], "elastics": [*elastics()]}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
