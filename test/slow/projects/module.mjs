import { writeFileSync } from 'node:fs';
import * as fewshot from 'fewshot-atnl';
import * as node from 'fewshot-atnl/node';
import { walk } from './walk.js';

const { name } = await fewshot.selectBackend('wasm');
const model = await fewshot.loadModel('mnist');
writeFileSync('node.json', JSON.stringify(await walk(fewshot, model)));
console.log(
  JSON.stringify({ name, same: node.loadModel === fewshot.loadModel, mnist: 'loadMnist' in fewshot }),
);
