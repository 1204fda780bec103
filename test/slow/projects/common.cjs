const fewshot = require('fewshot-atnl');
const node = require('fewshot-atnl/node');

async function main() {
  const { name } = await fewshot.selectBackend('wasm');
  const model = await fewshot.loadModel('mnist');
  const { walk } = await import('./walk.js');
  const { images, knn } = await walk(fewshot, model);
  console.log(
    JSON.stringify({
      name,
      same: node.loadModel === fewshot.loadModel,
      images: images.length,
      knn: knn.label,
    }),
  );
}

main();
