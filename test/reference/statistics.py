"""Quantiles of Student's t by SciPy, for test/evaluate/statistics.spec.ts. Writes statistics.json beside this file."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

degrees = [*range(1, 201), 499, 9999]
values = [0.61, 0.64, 0.58, 0.7, 0.66, 0.615]
interval = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
reference = {
    "scipy": scipy.__version__,
    "degrees": degrees,
    "t975": [round(float(stats.t.ppf(0.975, d)), 9) for d in degrees],
    "values": values,
    "mean": float(np.mean(values)),
    "interval": [float(end) for end in interval],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
