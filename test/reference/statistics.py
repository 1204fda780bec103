"""Quantiles of Student's t and Wilson's intervals by SciPy, for test/evaluate/statistics.spec.ts. Writes statistics.json beside this file."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

degrees = [*range(1, 201), 499, 9999]
values = [0.61, 0.64, 0.58, 0.7, 0.66, 0.615]
interval = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
counts = [[0, 1], [1, 1], [0, 20], [7, 20], [20, 20], [1962, 2000], [1, 100000]]
wilson = [stats.binomtest(hits, total).proportion_ci(0.95, method="wilson") for hits, total in counts]
reference = {
    "scipy": scipy.__version__,
    "degrees": degrees,
    "t975": [round(float(stats.t.ppf(0.975, d)), 9) for d in degrees],
    "values": values,
    "mean": float(np.mean(values)),
    "interval": [float(end) for end in interval],
    "counts": counts,
    "wilson": [[round(float(end), 9) for end in ends] for ends in wilson],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
