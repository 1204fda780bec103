"""ACAI's rendered lines and their two scores by NumPy and SciPy, for test/data/lines.spec.ts and
test/metrics/lineInterpolation.spec.ts. Writes lines.json beside this file."""

import json
import math
from pathlib import Path

import numpy as np
import scipy
from scipy.spatial.distance import cdist

SIDE, LENGTH, WIDTH, FINE = 32, 15, 2, 24
generator = np.random.default_rng(180707543)


def draw(angle, fine=FINE):
    """Share of each pixel within the line's parallelogram, by counting fine × fine points a pixel."""
    points = (np.arange(SIDE * fine) + 0.5) / fine - SIDE / 2
    right, down = np.meshgrid(points, points)
    dx, dy = LENGTH * math.cos(angle), -LENGTH * math.sin(angle)
    # A steep line is WIDTH wide along rows, a flat one along columns.
    along, across, a, b = (down, right, dy, dx) if abs(dy) >= abs(dx) else (right, down, dx, dy)
    place = along / a
    inside = (place >= 0) & (place <= 1) & (np.abs(across - place * b) <= WIDTH / 2)
    return inside.reshape(SIDE, fine, SIDE, fine).mean(axis=(1, 3))


drawn = [{"angle": float(a), "pixels": np.round(draw(a), 5).ravel().tolist()} for a in [0, 0.3, 2.2, 4, math.pi * 1.75]]

# Interpolations as whole shades, so that both sides read the same images: true lines along an arc with uneven steps, a
# cross-fade, a blurred and noisy arc across angle 0, and one that goes nowhere.
ends = [(0.4, 1.9), (1.0, 3.1), (6.0, 6.8), (2.5, 2.5)]
steps = 6
pairs = []
for kind, (start, end) in enumerate(ends):
    omegas = np.linspace(0, 1, steps)
    if kind == 0:
        images = [draw(start + (end - start) * w**1.5) for w in omegas]
    elif kind == 1:
        images = [(1 - w) * draw(start) + w * draw(end) for w in omegas]
    elif kind == 2:
        images = [0.7 * draw(start + (end - start) * w) + 0.3 * generator.random((SIDE, SIDE)) for w in omegas]
    else:
        images = [draw(start) for _ in omegas]
    pairs.append(images)
shades = np.round(255 * np.clip(np.array(pairs), 0, 1)).astype(int)

angles = np.linspace(0, 2 * np.pi, 10000, endpoint=False)
lines = 2 * np.array([draw(a, 12) for a in angles]).reshape(len(angles), -1) - 1
queries = 2 * shades.reshape(-1, SIDE * SIDE) / 255 - 1
distances = cdist(queries, lines, "cosine")
nearest = distances.argmin(axis=1)
least = distances.min(axis=1)
found = angles[nearest].reshape(len(ends), steps)
unwrapped = np.unwrap(found)
turns = np.abs(np.diff(unwrapped))
whole = np.abs(unwrapped[:, -1] - unwrapped[:, 0])
smoothness = [float(t.max() / w - 1 / (steps - 1)) if w > 1e-4 else None for t, w in zip(turns, whole)]

reference = {
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "lines": drawn,
    "steps": steps,
    "shades": shades.ravel().tolist(),
    "distances": np.round(least, 6).tolist(),
    "angles": np.round(found.ravel(), 6).tolist(),
    "smoothness": smoothness,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
