/** What `start-up` times: load the package, choose the backend, compute one tensor, say so. */
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from 'fewshot-atnl';

await selectBackend();
await tf.matMul([[1, 2]], [[3], [4]]).data();
process.stdout.write('computed\n');
