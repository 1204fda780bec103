import { loadGraphModel, loadLayersModel } from '@tensorflow/tfjs';
import {
  createCnn,
  hallucinate,
  KnnClassifier,
  type KnnPrediction,
  type LabeledImage,
  loadModel,
  selectBackend,
  toBatches,
} from 'fewshot-atnl';
import { loadMnist } from 'fewshot-atnl/data';
import { extractorFromTfjs } from 'fewshot-atnl/features';
import { from } from 'rxjs';

export async function use(images: LabeledImage[]): Promise<KnnPrediction> {
  await selectBackend('native');
  const model = await loadModel(new Uint8Array(3));
  const { train } = await loadMnist();
  from(images)
    .pipe(hallucinate(model, { perClass: 3, path: 'slerp' }), toBatches(8, { classes: train.classes }))
    .subscribe(({ xs, ys, dispose }) => {
      console.log(xs.shape, ys.shape);
      dispose();
    });
  createCnn({ shape: [28, 28, 1], classes: 3, seed: 1 }).dispose();
  for (const network of [await loadGraphModel('graph.json'), await loadLayersModel('layers.json')]) {
    const extractor = await extractorFromTfjs(network);
    console.log(extractor.latentSize);
    extractor.dispose();
  }
  // @ts-expect-error there is no such backend in Node
  await selectBackend('webgl');
  // @ts-expect-error a path has a name
  hallucinate(model, { perClass: 3, path: 'straight' });
  return new KnnClassifier({ k: 3 }).predict(images[0]!);
}
