import { writeFileSync } from 'node:fs';
import * as fewshot from 'fewshot-atnl';
import * as data from 'fewshot-atnl/data';
import * as evaluation from 'fewshot-atnl/evaluate';
import * as features from 'fewshot-atnl/features';
import * as losses from 'fewshot-atnl/losses';
import * as models from 'fewshot-atnl/models';
import * as node from 'fewshot-atnl/node';
import * as paper from 'fewshot-atnl/paper';
import * as sphere from 'fewshot-atnl/sphere';
import { walk } from './walk.js';

const { name } = await fewshot.selectBackend('wasm');
const model = await fewshot.loadModel('mnist');
writeFileSync('node.json', JSON.stringify(await walk(fewshot, model)));
console.log(
  JSON.stringify({
    name,
    same: node.loadModel === fewshot.loadModel,
    subpaths: [
      data.loadMnist,
      evaluation.evaluate,
      features.createLinearHead,
      losses.triplet,
      models.atnl,
      paper.renderFaces,
      sphere.slerp,
    ].every((value) => typeof value === 'function'),
  }),
);
