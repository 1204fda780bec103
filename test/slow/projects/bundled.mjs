import { hallucinate, loadModel, selectBackend } from 'fewshot-atnl';
import { from, lastValueFrom, toArray } from 'rxjs';
import { support } from './walk.js';

async function main() {
  const { name } = await selectBackend('wasm');
  const model = await loadModel('mnist');
  const images = await lastValueFrom(
    from(support()).pipe(hallucinate(model, { perClass: 5, seed: 7 }), toArray()),
  );
  console.log(JSON.stringify({ name, images: images.length, first: [...images[9].pixels] }));
}

main();
