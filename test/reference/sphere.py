"""Geometry on the unit sphere by SciPy in double precision; writes sphere.json beside this file."""

import json
import math
from pathlib import Path

import numpy as np
from scipy.linalg import expm
from scipy.optimize import minimize
from scipy.spatial import geometric_slerp

generator = np.random.default_rng(20201010)


def unit(x):
    return x / np.linalg.norm(x)


def pair(dimensions, theta):
    """Two unit vectors theta apart, and the unit tangent at the first that leads to the second."""
    start = unit(generator.normal(size=dimensions))
    side = generator.normal(size=dimensions)
    side = unit(side - side @ start * start)
    return start, math.cos(theta) * start + math.sin(theta) * side, side


def rotation(start, side, theta):
    """The rotation by theta in the plane of two orthonormal vectors, from its generator."""
    return expm(theta * (np.outer(side, start) - np.outer(start, side)))


omegas = [-0.5, 0.0, 0.1, 0.5, 0.75, 1.0, 1.25]
pairs = []
for dimensions in (3, 16):
    for theta in (1e-3, 0.05, 0.7, math.pi / 2, 2.5, math.pi - 0.05):
        start, end, side = pair(dimensions, theta)
        tangent = generator.normal(size=dimensions)
        tangent -= tangent @ start * start
        inside = [w for w in omegas if 0 <= w <= 1]
        path = dict(zip(inside, geometric_slerp(start, end, inside)))
        # geometric_slerp takes t in [0, 1] only: past the ends the circle is followed by its rotation.
        points = [path[w] if w in path else rotation(start, side, w * theta) @ start for w in omegas]
        pairs.append(
            {
                "theta": theta,
                "start": start.tolist(),
                "end": end.tolist(),
                "slerp": [list(point) for point in points],
                "log": (theta * side).tolist(),
                "tangent": tangent.tolist(),
                "exp": (rotation(start, unit(tangent), np.linalg.norm(tangent)) @ start).tolist(),
                "transported": (rotation(start, side, theta) @ tangent).tolist(),
            }
        )

means = []
for weighted in (False, True):
    center = unit(generator.normal(size=4))
    points = [unit(center + 0.6 * generator.normal(size=4)) for _ in range(7)]
    weights = generator.uniform(0.1, 3, size=7) if weighted else np.ones(7)

    def spread(x):
        return float(weights @ np.arccos(np.clip(points @ unit(x), -1, 1)) ** 2)

    found = minimize(spread, center, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20000})
    means.append({"points": np.array(points).tolist(), "weights": weights.tolist(), "mean": unit(found.x).tolist()})

reference = {"omegas": omegas, "pairs": pairs, "means": means}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
