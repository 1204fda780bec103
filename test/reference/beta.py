"""Quantiles of symmetric Beta distributions by SciPy, for test/augment/beta.spec.ts. Writes beta.json beside this file."""

import json
from pathlib import Path

import scipy
from scipy.stats import beta

probabilities = [0.05, 0.25, 0.5, 0.6, 0.75, 0.95]
cases = [
    {"alpha": alpha, "quantiles": [float(beta.ppf(p, alpha, alpha)) for p in probabilities]}
    for alpha in [0.05, 0.2, 0.4, 1, 2, 8]
]
reference = {"scipy": scipy.__version__, "probabilities": probabilities, "cases": cases}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
