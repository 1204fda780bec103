import numpy as np
import sklearn
from serve import milliseconds, serve
from sklearn.neighbors import KNeighborsClassifier

REFERENCES, QUERIES, DIMENSION, K = 1000, 10_000, 784, 5
random = np.random.default_rng(1)
known = random.random((REFERENCES, DIMENSION), dtype=np.float32)
asked = random.random((QUERIES, DIMENSION), dtype=np.float32)
classifier = KNeighborsClassifier(K, algorithm="brute", n_jobs=1).fit(known, np.arange(REFERENCES) % 10)

serve(lambda: milliseconds(lambda: classifier.predict(asked)) / 1000, {"scikit-learn": sklearn.__version__})
