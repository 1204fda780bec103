"""Linear heads by scikit-learn: multinomial logistic regression and ridge regression on codes of length 1, for test/classify. Writes heads.json beside this file."""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge

digits = lambda values: [round(float(value), 9) for value in np.ravel(values)]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def as_stored(rows):
    """Rows as float32 rounded to five places, which is what the tests read."""
    return np.round(rows, 5).astype(np.float32).astype(np.float64)


cases = []
# More codes than values, fewer, one a class, two classes; copies of a code, which make the rows dependent.
for seed, (count, dimension, classes, copies) in enumerate(
    [(60, 8, 4, 0), (20, 40, 5, 0), (3, 24, 3, 0), (24, 10, 2, 0), (12, 30, 3, 5)]
):
    random = np.random.default_rng(seed)
    centers = random.normal(size=(classes, dimension))
    labels = np.concatenate([np.arange(classes), random.integers(classes, size=count - classes)])
    codes = as_stored(unit(0.7 * centers[labels] + random.normal(size=(count, dimension))))
    if copies:
        codes, labels = np.concatenate([codes, codes[:copies]]), np.concatenate([labels, labels[:copies]])
    queries = as_stored(unit(0.7 * centers[random.integers(classes, size=15)] + random.normal(size=(15, dimension))))
    targets = np.eye(classes)[labels]
    soft = random.dirichlet(np.ones(classes), size=len(labels)) * 0.4 + 0.6 * targets
    soft = np.round(soft, 6)
    soft[:, 0] += 1 - soft.sum(axis=1)
    fits = []
    for penalty in (0.05, 1.0):
        # Two classes as two rows of weights, as of more: a third class that nothing belongs to would not do.
        logistic = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=100000)
        def fitted(rows, own, weights=None):
            model = logistic.fit(rows, own, sample_weight=weights)
            return model.predict_proba(queries)
        # Shares as weights of copies, one for each class.
        copied = np.repeat(codes, classes, axis=0)
        shared = fitted(copied, np.tile(np.arange(classes), len(codes)), soft.ravel()) if classes > 2 else None
        hard = fitted(codes, labels) if classes > 2 else None
        ridge = Ridge(alpha=penalty).fit(codes, targets)
        ridge_soft = Ridge(alpha=penalty).fit(codes, soft)
        fits.append(
            {
                "penalty": penalty,
                "logistic": None if hard is None else digits(hard),
                "logisticSoft": None if shared is None else digits(shared),
                "ridge": digits(ridge.predict(queries)),
                "ridgeSoft": digits(ridge_soft.predict(queries)),
            }
        )
    if classes == 2:
        # One row of weights w with ½·λ·‖w‖² is two rows ±w/2 with ½·(2λ)·2·‖w/2‖².
        for fit in fits:
            penalty = fit["penalty"] / 2
            model = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=100000)
            fit["logistic"] = digits(model.fit(codes, labels).predict_proba(queries))
            copied = np.repeat(codes, 2, axis=0)
            model.fit(copied, np.tile([0, 1], len(codes)), sample_weight=soft.ravel())
            fit["logisticSoft"] = digits(model.predict_proba(queries))
    cases.append(
        {
            "dimension": dimension,
            "classes": classes,
            "labels": labels.tolist(),
            "codes": [round(float(value), 5) for value in codes.ravel()],
            "soft": [round(float(value), 6) for value in soft.ravel()],
            "queries": [round(float(value), 5) for value in queries.ravel()],
            "fits": fits,
        }
    )

result = {"sklearn": sklearn.__version__, "cases": cases}
Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
