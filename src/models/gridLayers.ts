import type { ImageShape } from '../core/image.js';

/** Pixels along each side of a place of the fine and of the coarse grid. */
export const [FINE, COARSE] = [4, 8];

/** What the layers depend on. */
interface Nets {
  readonly imageShape: ImageShape;
  readonly filters: readonly number[];
  readonly kernelSize: number;
  readonly grids?: readonly [fine: number, coarse: number];
  readonly styleSize?: number;
}

/** A layer: a kernel of this shape, and a bias for each output. */
export interface GridLayer {
  readonly name: string;
  /** `[height, width, inputs, outputs]`; of a transposed convolution `[height, width, outputs, inputs]`; of a dense layer `[inputs, outputs]`. */
  readonly kernel: readonly number[];
  readonly outputs: number;
}

/** Number of weights of a layer. */
export const weightsOf = ({ kernel, outputs }: GridLayer): number =>
  outputs + kernel.reduce((product, side) => product * side);

const places = ([height, width]: ImageShape, side: number) => (height / side) * (width / side);

/** Number of values on each grid: fine, coarse. */
export const gridSizes = (shape: ImageShape, [fine, coarse]: readonly [number, number]) =>
  [places(shape, FINE) * fine, places(shape, COARSE) * coarse] as const;

/** Channels of the decoder's maps, from the coarse grid to twice the fine one; and those that its style brings to the coarse grid. */
export const DECODED = { coarse: 96, up: 64, fine: 64, large: 32, style: 16 };

/** Every layer, in the order of model files. */
export function gridLayers({
  imageShape,
  filters,
  kernelSize,
  grids,
  styleSize = 0,
}: Nets): readonly GridLayer[] {
  const [, , colors] = imageShape;
  const [first, second, third, fourth] = filters as [number, number, number, number];
  const [fine, coarse] = grids!;
  const coarsePlaces = places(imageShape, COARSE);
  const conv = (name: string, side: number, inputs: number, outputs: number): GridLayer => ({
    name,
    kernel: [side, side, inputs, outputs],
    outputs,
  });
  const up = (name: string, inputs: number, outputs: number): GridLayer => ({
    name,
    kernel: [4, 4, outputs, inputs],
    outputs,
  });
  const dense = (name: string, inputs: number, outputs: number): GridLayer => ({
    name,
    kernel: [inputs, outputs],
    outputs,
  });
  const styled = styleSize > 0;
  const styleMap = styled ? DECODED.style : 0;
  return [
    conv('encoder/conv0', 2 * kernelSize, colors, first),
    conv('encoder/conv1', kernelSize, first, second),
    conv('encoder/conv2', kernelSize, second, third),
    conv('encoder/conv3', kernelSize, third, fourth),
    conv('encoder/fine', 1, third, fine),
    conv('encoder/coarse', 1, fourth, coarse),
    ...(styled
      ? [
          conv('encoder/style', 1, first + third, styleSize),
          dense('decoder/style', styleSize, coarsePlaces * styleMap),
          dense('decoder/pen', styleSize, DECODED.fine + DECODED.large),
        ]
      : []),
    conv('decoder/conv3', kernelSize, coarse + styleMap, DECODED.coarse),
    up('decoder/conv2', DECODED.coarse, DECODED.up),
    conv('decoder/fine', kernelSize, DECODED.up + fine, DECODED.fine),
    up('decoder/conv1', DECODED.fine, DECODED.large),
    up('decoder/conv0', DECODED.large, colors),
  ];
}
