"""k-NN labels by scikit-learn, for test/classify/knn.spec.ts. Writes knn.json beside this file."""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier

cases = []
for seed, (references, queries, dimension, classes, k) in enumerate(
    [(30, 40, 2, 3, 1), (60, 40, 5, 4, 7), (200, 60, 16, 10, 1), (200, 60, 16, 10, 13), (9, 20, 3, 2, 9)]
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

target = Path(__file__).with_name("knn.json")
target.write_text(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}) + "\n")
