import { FunctionBuilder, types } from './assembler.js';

/** Parameters of the loop: addresses, then how many values there are in fours, how many after those, then factors. */
const parameters = [
  ...['gradient', 'weight', 'mean', 'square', 'newWeight', 'newMean', 'newSquare'],
  ...['fours', 'rest', 'keep', 'beta1', 'rest1', 'beta2', 'rest2', 'rate', 'epsilon'],
];
const parameter = (name: string) => parameters.indexOf(name);
const [addresses, factors] = [parameters.slice(0, 7), parameters.slice(9)];

/**
 * A step of Adam in one pass. Each operation rounds as the kernel of TensorFlow.js for it does, so the result has the same bits:
 *
 *     mean'   = mean · beta1 + gradient · rest1
 *     square' = square · beta2 + gradient² · rest2
 *     weight' = weight · keep − mean' · rate / (√square' + epsilon)
 */
export function adamLoop(): FunctionBuilder {
  const code = new FunctionBuilder(
    'AdamStep',
    parameters.map((_, index) => (index < parameter('keep') ? types.i32 : types.f32)),
  );
  const values = code.local(types.v128);
  const splats = new Map(factors.map((name) => [name, code.local(types.v128)]));
  for (const [name, local] of splats) code.get(parameter(name)).op('f32x4.splat').set(local);

  const pass = (shape: 'f32x4' | 'f32', local: number, factorOf: (name: string) => number) => {
    const [load, store, bytes] =
      shape === 'f32' ? (['f32.load', 'f32.store', 4] as const) : (['v128.load', 'v128.store', 16] as const);
    const value = (name: string) => code.get(parameter(name)).memory(load);
    const times = (factor: string) => code.get(factorOf(factor)).op(`${shape}.mul`);
    code.get(parameter('newMean'));
    value('mean');
    times('beta1');
    value('gradient');
    times('rest1').op(`${shape}.add`).set(local).get(local).memory(store);
    code.get(parameter('newWeight'));
    value('weight');
    times('keep').get(local);
    times('rate');
    code.get(parameter('newSquare'));
    value('square');
    times('beta2');
    value('gradient').set(local).get(local).get(local).op(`${shape}.mul`);
    times('rest2').op(`${shape}.add`).set(local).get(local).memory(store);
    code.get(local).op(`${shape}.sqrt`).get(factorOf('epsilon')).op(`${shape}.add`);
    code.op(`${shape}.div`).op(`${shape}.sub`).memory(store);
    for (const name of addresses) code.skip(parameter(name), bytes);
  };
  code.get(parameter('fours')).when(() => {
    code.repeat(parameter('fours'), () => pass('f32x4', values, (name) => splats.get(name)!));
  });
  const single = code.local(types.f32);
  code.get(parameter('rest')).when(() => {
    code.repeat(parameter('rest'), () => pass('f32', single, parameter));
  });
  return code;
}
