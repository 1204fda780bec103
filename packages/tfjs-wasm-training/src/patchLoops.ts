import { FunctionBuilder, types } from './assembler.js';

/** Most vectors in a part of a line. */
export const LONGEST_PART = 4;

const parameters = [
  ...['image', 'panel', 'rows', 'taps', 'pixels', 'last'],
  ...['imageRow', 'imageTap', 'imagePixel', 'panelRow', 'panelTap', 'panelPixel'],
];
const parameter = (name: string) => parameters.indexOf(name);

/**
 * `Patches` copies what a filter sees of an image: for each of `rows` of `pixels` outputs, a part of `taps` lines, of so many vectors
 * as the name says. `FoldPatches` adds them to the image, of their last vector only the first `last` values. Strides are in bytes.
 */
export function patchLoops(): FunctionBuilder[] {
  const lengths = Array.from({ length: LONGEST_PART }, (_, index) => index + 1);
  return lengths.flatMap((vectors) => [patchLoop('Patches', vectors), patchLoop('FoldPatches', vectors)]);
}

function patchLoop(name: 'Patches' | 'FoldPatches', vectors: number): FunctionBuilder {
  const code = new FunctionBuilder(
    name + vectors,
    parameters.map(() => types.i32),
  );
  const local = () => code.local(types.i32);
  const [tapsLeft, pixelsLeft] = [local(), local()];
  const [image, imageAt, panel, panelAt] = [local(), local(), local(), local()];
  const mask = code.local(types.v128);
  const copy = (offset: number) => code.get(panelAt).get(imageAt).memory('v128.load', offset);
  const add = (offset: number) => {
    code.get(imageAt).get(imageAt).memory('v128.load', offset).get(panelAt).memory('v128.load', offset);
    if (offset === 16 * (vectors - 1)) code.get(mask).op('v128.and');
    code.op('f32x4.add');
  };
  code.get(parameter('last')).op('i32x4.splat').i32x4(0, 1, 2, 3).op('i32x4.gt_s').set(mask);
  return code.repeat(parameter('rows'), () => {
    code.copy(image, parameter('image')).copy(panel, parameter('panel')).copy(tapsLeft, parameter('taps'));
    code.repeat(tapsLeft, () => {
      code.copy(imageAt, image).copy(panelAt, panel).copy(pixelsLeft, parameter('pixels'));
      code.repeat(pixelsLeft, () => {
        for (let offset = 0; offset < 16 * vectors; offset += 16) {
          (name === 'Patches' ? copy : add)(offset);
          code.memory('v128.store', offset);
        }
        code.advance(imageAt, parameter('imagePixel')).advance(panelAt, parameter('panelPixel'));
      });
      code.advance(image, parameter('imageTap')).advance(panel, parameter('panelTap'));
    });
    code
      .advance(parameter('image'), parameter('imageRow'))
      .advance(parameter('panel'), parameter('panelRow'));
  });
}
