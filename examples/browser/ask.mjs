// Says what a PNG of a digit shows, by a classifier of digits that the page has saved: node ask.mjs digits-classifier.json digit.png
import { readFile } from 'node:fs/promises';
import { KnnClassifier, loadModel, selectBackend } from 'fewshot-atnl';
import { decodePng } from 'fewshot-atnl/data';
import { normalizeFor } from 'fewshot-atnl/models';

const [classifier, picture] = process.argv.slice(2);
if (picture === undefined) throw new Error('Give the classifier and a PNG of a digit.');
const json = JSON.parse(await readFile(classifier, 'utf8'));

await selectBackend();
const model = await loadModel('mnist');
const knn = KnnClassifier.fromJSON(json, { encoder: model });
const drawing = normalizeFor(model, { fit: 'ink' })(decodePng(await readFile(picture), picture));
const { label, confidences, unknown } = await knn.predict(drawing);
const share = `${Math.round(100 * confidences[label])} % of its neighbours`;
console.log(`${picture}: ${unknown ? `unknown, the nearest is ${label}` : `${label}, ${share}`}`);
