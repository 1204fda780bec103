"""Rank correlation, class order, trustworthiness and a linear probe by SciPy and scikit-learn, for test/metrics. Writes
metrics.json beside this file."""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.preprocessing import StandardScaler

generator = np.random.default_rng(2020)


def numbers(values, digits=3):
    return np.round(values, digits).ravel().tolist()


# Whole numbers from a few, so that there are many ties.
pairs = []
for count, most in [(5, 3), (20, 6), (40, 1000)]:
    x = generator.integers(0, most, count)
    y = x + generator.integers(0, most, count)
    pairs.append({"x": x.tolist(), "y": y.tolist(), "spearman": float(spearmanr(x, y).statistic)})

# Codes of five classes along an arc, with lengths that must not count.
yaws = np.array([-90, -45, -15, 30, 75])
labels = generator.integers(0, len(yaws), 60)
arc = np.zeros((60, 4))
arc[:, 0], arc[:, 1] = np.cos(np.radians(yaws[labels]) / 2), np.sin(np.radians(yaws[labels]) / 2)
codes = np.round((arc + 0.3 * generator.normal(size=arc.shape)) * generator.uniform(0.5, 3, (60, 1)), 3)
unit = codes / np.linalg.norm(codes, axis=1, keepdims=True)
means = np.array([unit[labels == label].mean(axis=0) for label in range(len(yaws))])
means /= np.linalg.norm(means, axis=1, keepdims=True)
angles = np.arccos(np.clip(means @ means.T, -1, 1))
first, second = np.triu_indices(len(yaws), 1)
order = spearmanr(angles[first, second], np.abs(yaws[first] - yaws[second])).statistic

# A bent sheet in six dimensions, and its principal plane.
sheet = generator.uniform(-1, 1, (80, 2))
high = np.round(np.c_[sheet, sheet**2, sheet[:, :1] * sheet[:, 1:], 0.1 * generator.normal(size=(80, 1))], 3)
low = np.round(PCA(2).fit_transform(high), 3)

# Three classes that overlap, on features of very different scales; sums of losses there, means here.
probe_labels = generator.integers(0, 3, 150)
centers = generator.normal(size=(3, 5))
features = np.round((centers[probe_labels] + generator.normal(size=(150, 5))) * [1, 10, 0.1, 3, 1] + [0, 50, 1, 0, 0], 3)
train, test = slice(0, 100), slice(100, 150)
probes = []
for l2 in [1e-4, 0.1]:
    scaler = StandardScaler().fit(features[train])
    model = LogisticRegression(C=1 / (100 * l2), tol=1e-10, max_iter=100_000)
    model.fit(scaler.transform(features[train]), probe_labels[train])
    likely = model.predict_log_proba(scaler.transform(features[train]))
    loss = -likely[np.arange(100), probe_labels[train]].mean() + l2 / 2 * (model.coef_**2).sum()
    predicted = model.predict(scaler.transform(features[test]))
    accuracy = float((predicted == probe_labels[test]).mean())
    probes.append({"l2": l2, "loss": float(loss), "predicted": predicted.tolist(), "accuracy": accuracy})

reference = {
    "scipy": scipy.__version__,
    "sklearn": sklearn.__version__,
    "pairs": pairs,
    "classOrder": {
        "classes": yaws.tolist(),
        "labels": labels.tolist(),
        "dimension": codes.shape[1],
        "codes": numbers(codes),
        "angles": np.round(angles, 9).tolist(),
        "spearman": float(order),
    },
    "trustworthiness": {
        "high": numbers(high),
        "highDimension": high.shape[1],
        "low": numbers(low),
        "lowDimension": 2,
        "byNeighbours": {str(k): float(trustworthiness(high, low, n_neighbors=k)) for k in [1, 5, 12, 39]},
    },
    "linearProbe": {
        "classes": 3,
        "dimension": 5,
        "train": numbers(features[train]),
        "trainLabels": probe_labels[train].tolist(),
        "test": numbers(features[test]),
        "testLabels": probe_labels[test].tolist(),
        "probes": probes,
    },
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
