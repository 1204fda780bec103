"""Half precision by NumPy, for test/models/float16.spec.ts. Writes float16.json beside this file.

Everything is bits, as numbers: JSON has neither infinities nor NaN, and -0 would be lost.
"""

import json
from pathlib import Path

import numpy as np

np.seterr(over="ignore", invalid="ignore")

halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
finite = halves[np.isfinite(halves)].astype(np.float64)
positive = np.unique(np.abs(finite))
# Where rounding turns: half way between neighbours (the largest number and infinity included), and one float32 beside it.
middles = np.append((positive[:-1] + positive[1:]) / 2, 65520.0).astype(np.float32)
chosen = np.concatenate([middles[:40], middles[1000:1064], middles[2040:2060], middles[-20:], middles[::997]])
random = np.random.default_rng(0)
singles = np.concatenate(
    [
        chosen,
        np.nextafter(chosen, np.float32(0)),
        np.nextafter(chosen, np.float32(np.inf)),
        np.array([0, 1, 1 / 3, 65504, 65536, 1e-8, 2**-25, 2**-26, 1e30, 3.4e38, 1e-45, np.inf, np.nan], np.float32),
        random.integers(1 << 31, size=300, dtype=np.uint32).view(np.float32),
        (2.0 ** random.uniform(-26, 17, size=300)).astype(np.float32),
    ]
)
singles = np.concatenate([singles, -singles])
rounded = singles.astype(np.float16)
reference = {
    "numpy": np.__version__,
    "singles": singles.view(np.uint32).tolist(),
    "halves": [0x7E00 if np.isnan(h) else int(h.view(np.uint16)) for h in rounded],
    "back": rounded.astype(np.float32).view(np.uint32).tolist(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
