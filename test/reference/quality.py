"""Frechet distance by scipy.linalg.sqrtm; precision, recall, density and coverage by cdist, for test/metrics. Writes
quality.json beside this file."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist

generator = np.random.default_rng(2020)


def exact(values):
    """To multiples of 1/512: float32 holds them, so that equal distances are equal here and there."""
    return np.round(values * 512) / 512


def numbers(values):
    return values.ravel().tolist()


def frechet(a, b):
    cross = sqrtm(np.cov(a, rowvar=False) @ np.cov(b, rowvar=False))
    means = a.mean(axis=0) - b.mean(axis=0)
    traces = np.trace(np.cov(a, rowvar=False)) + np.trace(np.cov(b, rowvar=False))
    return float(means @ means + traces - 2 * np.real(np.trace(cross)))


def radii(points, k):
    # The smallest distance of each row is its own zero.
    return np.sort(cdist(points, points), axis=1)[:, k]


def prdc(real, made, k):
    apart = cdist(real, made)
    in_real = apart <= radii(real, k)[:, None]
    in_made = apart <= radii(made, k)[None, :]
    return {
        "k": k,
        "precision": float(in_real.any(axis=0).mean()),
        "recall": float(in_made.any(axis=1).mean()),
        "density": float(in_real.sum(axis=0).mean() / k),
        "coverage": float(in_real.any(axis=1).mean()),
    }


# As features after a ReLU are: correlated, with many zeros. Counts differ, so that no two sides are mixed up.
cases = []
for dimension, real_count, made_count, shift, scale in [(3, 40, 30, 0.0, 1.0), (6, 60, 80, 0.4, 0.7), (6, 30, 50, 1.5, 0.3)]:
    mixing = generator.normal(size=(dimension, dimension))
    real = exact(np.maximum(0, 0.5 + generator.normal(size=(real_count, dimension)) @ mixing))
    made = exact(np.maximum(0, 0.5 + shift + scale * generator.normal(size=(made_count, dimension)) @ mixing))
    # Copies of real points: at distance 0 of one, and on the very edge of the balls that reach to it.
    made[:3] = real[:3]
    cases.append(
        {
            "dimension": dimension,
            "real": numbers(real),
            "made": numbers(made),
            "frechet": frechet(real, made),
            "neighbours": [prdc(real, made, k) for k in [1, 3, 5]],
        }
    )

# Fewer points than dimensions, so that neither covariance has an inverse.
flat = [exact(generator.normal(size=(count, 12))) for count in (6, 8)]
reference = {
    "scipy": scipy.__version__,
    "cases": cases,
    "singular": {"dimension": 12, "real": numbers(flat[0]), "made": numbers(flat[1]), "frechet": frechet(*flat)},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
