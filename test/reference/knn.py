"""k-NN labels by scikit-learn, by SciPy on features with a large offset, and what is unknown, for test/classify. Writes knn.json beside this file."""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.spatial import cKDTree
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

cases = []
for seed, (references, queries, dimension, classes, k) in enumerate(
    [(30, 40, 2, 3, 1), (60, 40, 5, 4, 7), (200, 60, 16, 10, 1), (200, 60, 16, 10, 13), (9, 20, 3, 2, 9), (300, 60, 16, 10, 9)]
):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(classes, dimension))
    labels = np.concatenate([np.arange(classes), random.integers(classes, size=references - classes)])
    round_to = lambda rows: np.round(rows, 3).astype(np.float32)
    values = round_to(centres[labels] + random.normal(size=(references, dimension)))
    asked = round_to(centres[random.integers(classes, size=queries)] + random.normal(size=(queries, dimension)))
    model = KNeighborsClassifier(k, algorithm="brute").fit(values, labels)
    votes = np.sort(model.predict_proba(asked), axis=1)
    clear = votes[:, -1] > votes[:, -2]  # scikit-learn settles ties by another rule than ours
    asked = asked[clear]
    cases.append(
        {
            "dimension": dimension,
            "classes": classes,
            "k": k,
            "references": [round(float(value), 3) for value in values.ravel()],
            "labels": labels.tolist(),
            "queries": [round(float(value), 3) for value in asked.ravel()],
            "expected": model.predict(asked).tolist(),
        }
    )

# Features around 10 to 100,000 that differ by about 1 (or by 0.1 around 1,000), with the nearest of each query in double precision.
offsets = []
for seed, (references, queries, dimension, offset, spread) in enumerate(
    [(40, 60, 1, 1_000, 0.1), (40, 60, 3, 10, 1), (60, 60, 8, 1_000, 1), (20, 30, 32, 10_000, 1), (40, 60, 2, -100_000, 1)]
):
    random = np.random.default_rng(100 + seed)
    draw = lambda rows: (offset + spread * random.normal(size=(rows, dimension))).astype(np.float32)
    values, asked = draw(references), draw(queries)
    labels = random.integers(3, size=references)
    tree = cKDTree(values.astype(np.float64))
    distances, nearest = tree.query(asked.astype(np.float64), k=2)
    clear = distances[:, 1] > 1.02 * distances[:, 0]  # float32 cannot tell nearer ones apart at every offset
    offsets.append(
        {
            "dimension": dimension,
            "references": [float(value) for value in values.ravel()],
            "labels": labels.tolist(),
            "queries": [float(value) for value in asked[clear].ravel()],
            "expected": labels[nearest[clear, 0]].tolist(),
        }
    )

# Limits on the distance to the nearest example by leave-one-out, and areas under the ROC curve of that distance.
unknown = []
for seed, (examples, dimension, spread) in enumerate([(30, 2, 3), (60, 5, 2), (12, 3, 1.5)]):
    random = np.random.default_rng(200 + seed)
    round_to = lambda rows: np.round(rows, 2).astype(np.float32)
    known = round_to(random.normal(size=(examples, dimension)))
    asked = round_to(np.concatenate([random.normal(size=(25, dimension)), spread * random.normal(size=(25, dimension))]))
    others = NearestNeighbors(n_neighbors=1).fit(known)
    left_out = np.sort(others.kneighbors()[0][:, 0])
    distances = others.kneighbors(asked)[0][:, 0]
    limits = {}
    for share in (0.05, 0.1, 0.3):
        promised = max(share, 1 / (examples + 1))
        limits[str(share)] = float(left_out[int(np.ceil(round((examples + 1) * (1 - promised), 9))) - 1])
    unknown.append(
        {
            "dimension": dimension,
            "examples": [round(float(value), 2) for value in known.ravel()],
            "queries": [round(float(value), 2) for value in asked.ravel()],
            "distances": distances.tolist(),
            "limits": limits,
            "auroc": roc_auc_score([0] * 25 + [1] * 25, np.round(distances, 1)),
        }
    )

target = Path(__file__).with_name("knn.json")
target.write_text(json.dumps({"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "cases": cases, "offsets": offsets, "unknown": unknown}) + "\n")
