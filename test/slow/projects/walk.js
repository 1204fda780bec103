import { from, lastValueFrom, tap, toArray } from 'rxjs';

/** Three strokes on black, of a slant and a place of their own. */
function stroke(label, seed) {
  const pixels = new Float32Array(28 * 28);
  for (let y = 4; y < 24; y++) {
    const x = Math.round(14 + (label - 1) * 0.4 * (y - 14) + (seed - 1));
    for (const [offset, value] of [
      [0, 1],
      [1, 0.8],
      [-1, 0.4],
    ]) {
      pixels[y * 28 + x + offset] = value;
    }
  }
  return { pixels, shape: [28, 28, 1], label };
}

export const classes = [0, 1, 2];

/** Three images of each class. */
export const support = () => classes.flatMap((label) => [0, 1, 2].map((seed) => stroke(label, seed)));

/** The walk of the data, from images to classifiers, and everything that came out of it as plain values. */
export async function walk(fewshot, model) {
  const { addTo, cnnFromJSON, cnnToJSON, createCnn, hallucinate, KnnClassifier, toBatches } = fewshot;
  const knn = new KnnClassifier({ k: 3, encoder: model });
  const images = await lastValueFrom(
    from(support()).pipe(hallucinate(model, { perClass: 5, seed: 7 }), addTo(knn), toArray()),
  );
  const batches = [];
  const training = [];
  await lastValueFrom(
    from(images).pipe(
      toBatches(8, { classes }),
      tap((batch) => {
        batches.push([batch.xs.shape, batch.ys.shape]);
        training.push(batch);
      }),
    ),
  );
  const cnn = createCnn({ shape: [28, 28, 1], classes: 3, seed: 1 });
  const { loss } = await cnn.fit(training, { steps: 3 });
  const copy = cnnFromJSON(JSON.parse(JSON.stringify(await cnnToJSON(cnn))));
  const query = stroke(2, 1);
  const result = {
    images: images.map(({ pixels, label, provenance }) => ({ pixels: [...pixels], label, provenance })),
    batches,
    knn: await KnnClassifier.fromJSON(JSON.parse(JSON.stringify(knn)), { encoder: model }).predict(query),
    cnn: { loss, label: [...(await copy.predict(query.pixels, 1))] },
  };
  cnn.dispose();
  copy.dispose();
  return result;
}
