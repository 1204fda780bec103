// Asks a saved classifier about JPEGs: node ask.mjs things.json PICTURE.jpg …
import { readFile } from 'node:fs/promises';
import { KnnClassifier, loadExtractor, selectBackend } from 'fewshot-atnl';
import { decodeJpeg } from 'fewshot-atnl/data';

const [file, ...paths] = process.argv.slice(2);
await selectBackend('wasm');
const { extractor, classifier } = JSON.parse(await readFile(file, 'utf8'));
const network = await loadExtractor(extractor.name);
if (network.digest !== extractor.sha256) throw new Error(`${file} was saved with another ${extractor.name}`);

const knn = KnnClassifier.fromJSON(classifier);
for (const path of paths) {
  const [code] = await network.embed([decodeJpeg(await readFile(path), path)]);
  const { label, confidences } = await knn.predict(code);
  console.log(`${path}: ${label}, ${Math.round(100 * confidences[label])} % of the votes`);
}
