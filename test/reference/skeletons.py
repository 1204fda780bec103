# scikit-image: thinned shapes; SciPy: distances from the edge of their ink.
# pip install scikit-image; then python test/reference/skeletons.py
import json
from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter
from skimage.draw import disk, line
from skimage.morphology import thin

SIDE = 32
random = np.random.RandomState(7)


def strokes(count, radius):
    ink = np.zeros((SIDE, SIDE), bool)
    for _ in range(count):
        rows, columns = line(*random.randint(6, SIDE - 6, 4))
        for row, column in zip(rows, columns):
            ink[disk((row, column), radius)] = True
    return ink


def blobs(threshold):
    noise = gaussian_filter(random.normal(size=(SIDE, SIDE)), 2.5)
    ink = noise > threshold * noise.std()
    ink[[0, -1]] = False
    ink[:, [0, -1]] = False
    return ink


def rows(ink):
    return ["".join("#" if inked else "." for inked in row) for row in ink]


shapes = [strokes(count, radius) for count in (1, 2, 3, 5) for radius in (1.6, 2.6, 3.6)]
shapes += [blobs(threshold) for threshold in (0, 0.5, 1)]
cases = [
    {
        "ink": rows(ink),
        "thinned": rows(thin(ink)),
        "distances": np.round(distance_transform_edt(ink), 4)[ink].tolist(),
    }
    for ink in shapes
]
Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
