"""Within-class whitening by NumPy and SciPy in double precision; writes whitening.json beside this file."""

import json
from pathlib import Path

import numpy as np
from scipy.linalg import fractional_matrix_power

generator = np.random.default_rng(2006)
classes, size = [5, 1, 8, 3], 6

stretch = generator.normal(size=(size, size))
codes, labels = [], []
for label, count in enumerate(classes):
    middle = 2 * generator.normal(size=size)
    for _ in range(count):
        codes.append(middle + stretch @ generator.normal(size=size))
        labels.append(label)
codes, labels = np.array(codes), np.array(labels)

centred = np.concatenate([codes[labels == label] - codes[labels == label].mean(0) for label in set(labels)])
covariance = centred.T @ centred / (len(codes) - len(classes))
ridge = 0.1 * np.trace(covariance) / size
whitening = fractional_matrix_power(covariance + ridge * np.eye(size), -0.25)

Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "codes": codes.tolist(),
            "labels": labels.tolist(),
            "whitened": (codes @ whitening.real.T).tolist(),
        }
    )
)
