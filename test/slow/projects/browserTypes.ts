import { type BackendName, type LabeledImage, loadModel, selectBackend } from 'fewshot-atnl/browser';

export async function use(image: LabeledImage, file: File): Promise<Float32Array> {
  const name: BackendName = (await selectBackend('webgl', { wasmPaths: '/wasm/' })).name;
  await selectBackend('auto', {
    wasmPaths: { 'tfjs-backend-wasm.wasm': '/plain.wasm', 'tfjs-backend-wasm-simd.wasm': '/simd.wasm' },
  });
  const model = await loadModel(await file.arrayBuffer());
  console.log(name, model.digest);
  // @ts-expect-error there is no such backend in a browser
  await selectBackend('native');
  return image.pixels;
}
