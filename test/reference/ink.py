"""Normalized drawings by NumPy, SciPy and Pillow, for test/data/ink.spec.ts. Writes ink.json beside this file.

Clean drawings in two shades with soft edges: the threshold by a search over all cuts, strokes by ndimage.label, the center by
ndimage.center_of_mass, sides by np.interp on profiles, the resampling by Pillow's BILINEAR with a box.
"""

import json
from pathlib import Path

import numpy as np
import PIL
import scipy
from PIL import Image
from scipy import ndimage


def threshold(values):
    """Otsu's cut, by brute force."""
    levels = np.unique(values)
    cuts = (levels[1:] + levels[:-1]) / 2
    within = [values[values <= c].var() * (values <= c).sum() + values[values > c].var() * (values > c).sum() for c in cuts]
    return cuts[int(np.argmin(within))]


def sides(profile):
    """Where a profile first and last has half of its height, in edges of pixels."""
    half = profile.max() / 2
    above = np.nonzero(profile >= half)[0]
    padded = np.concatenate([[0], profile, [0]])
    first, last = above[0] + 1, above[-1] + 1
    start = np.interp(half, [padded[first - 1], padded[first]], [first - 1, first])
    end = np.interp(-half, [-padded[last], -padded[last + 1]], [last, last + 1])
    # Centers of padded pixels lie half a pixel before edges of the others.
    return max(0.0, start - 0.5), min(float(len(profile)), end - 0.5)


def normalized(image, height, width):
    cut = threshold(image.ravel())
    rows, columns = image.shape
    border = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
    bright = np.mean(border > cut) + np.mean(image > cut)
    sign = -1 if bright > 1 else 1
    ground = np.median(image[sign * (image - cut) <= 0])
    flat = sign * (image - ground)
    full = np.quantile(flat[flat > sign * (cut - ground)], 0.9)
    strength = np.clip(flat / full, 0, 1)
    parts, count = ndimage.label(strength > 0.25, np.ones((3, 3)))
    mass = ndimage.sum(strength, parts, np.arange(1, count + 1))
    for i, own in enumerate(mass):
        if own < 0.01 * mass.max():
            strength[parts == i + 1] = 0
    top, bottom = sides(strength.max(axis=1))
    left, right = sides(strength.max(axis=0))
    y, x = np.array(ndimage.center_of_mass(np.where(strength > 0.25, strength, 0))) + 0.5
    scale = max(bottom - top, right - left, min(rows, columns) / 10) / (20 / 28 * min(height, width))
    near = 1 / 1.08 < scale < 1.08
    scale = 1 if near else scale

    def start(middle, low, high, side):
        found = min(low, max(high - scale * side, middle - scale * (side // 2 + 0.5)))
        return float(np.floor(found + 0.5)) if near else found

    box = {"top": start(y, top, bottom, height), "left": start(x, left, right, width)}
    box |= {"height": scale * height, "width": scale * width}
    pad = 200
    canvas = Image.fromarray(np.pad(flat, pad).astype(np.float32))
    at = (box["left"] + pad, box["top"] + pad, box["left"] + pad + box["width"], box["top"] + pad + box["height"])
    made = np.maximum(0, np.asarray(canvas.resize((width, height), Image.BILINEAR, box=at), np.float64))
    return box, np.minimum(1, made / np.quantile(made[made > threshold(np.round(made.ravel(), 7))], 0.9))


def stroke(rows, columns, corners, thickness):
    y, x = np.indices((rows, columns)) + 0.5
    away = np.full((rows, columns), np.inf)
    for (y0, x0), (y1, x1) in zip(corners, corners[1:]):
        dy, dx = y1 - y0, x1 - x0
        at = np.clip(((y - y0) * dy + (x - x0) * dx) / (dy * dy + dx * dx), 0, 1)
        away = np.minimum(away, np.hypot(y - y0 - at * dy, x - x0 - at * dx))
    return np.clip(thickness / 2 - away + 0.5, 0, 1)


cases = []
for name, rows, columns, corners, thickness, ground, ink, to in [
    ("dark on white", 50, 40, [(10, 8), (40, 12), (30, 33)], 4, 255, 0, (28, 28)),
    ("light on black", 50, 40, [(10, 8), (40, 12), (30, 33)], 4, 0, 255, (28, 28)),
    ("gray on gray, at a border", 36, 44, [(0, 20), (20, 22), (25, 40)], 3, 200, 90, (28, 28)),
    ("an angle, of which all stays inside", 60, 60, [(5, 10), (50, 10), (50, 55)], 5, 255, 20, (28, 28)),
    ("a drawing of the right size, which is only moved", 34, 40, [(8, 9), (20, 11), (26, 25)], 3, 0, 255, (28, 28)),
    ("enlarged, into a wide frame", 30, 30, [(12, 10), (18, 14), (13, 19)], 3, 255, 0, (40, 56)),
    ("a dot", 80, 90, [(30, 40), (31, 41)], 4, 255, 0, (28, 28)),
]:
    share = stroke(rows, columns, corners, thickness)
    pixels = np.round(ground + share * (ink - ground)).astype(int)
    if name.startswith("dark"):
        pixels[2, 37] = ink
    box, expected = normalized(pixels / 255, *to)
    cases.append(
        {
            "name": name,
            "shape": [rows, columns, 1],
            "pixels": pixels.ravel().tolist(),
            "to": to,
            "box": {side: round(float(value), 6) for side, value in box.items()},
            "expected": np.round(expected.ravel(), 5).tolist(),
        }
    )

versions = {"numpy": np.__version__, "scipy": scipy.__version__, "pillow": PIL.__version__}
Path(__file__).with_suffix(".json").write_text(json.dumps(versions | {"cases": cases}) + "\n")
