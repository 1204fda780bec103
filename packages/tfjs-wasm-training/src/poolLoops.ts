import { FunctionBuilder, types } from './assembler.js';

/**
 * (x, dx, dy, channels, down, along, row): the gradient of one window of maxPool. `x` and `dx` are the addresses of its
 * corner; it has `down` rows, `row` bytes apart, of `along` positions. In each channel the first maximum gets `dy`.
 */
export function poolGradient(): FunctionBuilder {
  const code = new FunctionBuilder('MaxPoolGrad', Array(7).fill(types.i32));
  const [x, dx, dy, channels, down, along, row] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [left, rowsLeft, columnsLeft] = [code.local(types.i32), code.local(types.i32), code.local(types.i32)];
  const [at, rowAt, best] = [code.local(types.i32), code.local(types.i32), code.local(types.i32)];
  const pixel = code.local(types.i32);
  const [value, largest] = [code.local(types.f32), code.local(types.f32)];
  code.get(channels).i32(4).op('i32.mul').set(pixel).copy(left, channels);
  return code.repeat(left, () => {
    code.copy(rowAt, x).copy(best, x).copy(rowsLeft, down).get(x).memory('f32.load').set(largest);
    code.repeat(rowsLeft, () => {
      code.copy(at, rowAt).copy(columnsLeft, along);
      code.repeat(columnsLeft, () => {
        code.get(at).memory('f32.load').set(value);
        code.get(at).get(best).get(value).get(largest).op('f32.gt').op('select').set(best);
        code.get(value).get(largest).get(value).get(largest).op('f32.gt').op('select').set(largest);
        code.advance(at, pixel);
      });
      code.advance(rowAt, row);
    });
    // `best` is an address in x; the same element of dx is as far from it as the two corners are apart.
    code.get(best).get(dx).op('i32.add').get(x).op('i32.sub').set(best);
    code.get(best).get(best).memory('f32.load').get(dy).memory('f32.load').op('f32.add').memory('f32.store');
    code.skip(x, 4).skip(dx, 4).skip(dy, 4);
  });
}

/**
 * (x, dx, dy, windows, fours, down, along, row, pixel, step): the same for windows in a line, `step` bytes apart, whose
 * channels are a multiple of four. A pixel is `pixel` bytes. Positions in a window are counted, and the count of the first
 * maximum is kept for each channel.
 */
export function poolGradientByFours(): FunctionBuilder {
  const code = new FunctionBuilder('MaxPoolGradByFours', Array(10).fill(types.i32));
  const [x, dx, dy, windows, fours, down, along, row, pixel, step] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
  const index = () => code.local(types.i32);
  const vector = () => code.local(types.v128);
  const [xCorner, dxCorner, groups, rowsLeft, columnsLeft] = [index(), index(), index(), index(), index()];
  const [at, rowAt, position] = [index(), index(), index()];
  const [value, largest, found, above, gradient] = [vector(), vector(), vector(), vector(), vector()];

  const eachPosition = (corner: number, body: () => void) => {
    code.i32(0).set(position).copy(rowAt, corner).copy(rowsLeft, down);
    code.repeat(rowsLeft, () => {
      code.copy(at, rowAt).copy(columnsLeft, along);
      code.repeat(columnsLeft, () => {
        body();
        code.skip(position, 1).advance(at, pixel);
      });
      code.advance(rowAt, row);
    });
  };
  return code.repeat(windows, () => {
    code.copy(xCorner, x).copy(dxCorner, dx).copy(groups, fours);
    code.repeat(groups, () => {
      code.f32x4(0, 0, 0, 0).set(found).get(xCorner).memory('v128.load').set(largest);
      eachPosition(xCorner, () => {
        code.get(at).memory('v128.load').set(value);
        code.get(value).get(largest).op('f32x4.gt').set(above);
        code.get(value).get(largest).get(above).op('v128.bitselect').set(largest);
        code.get(position).op('i32x4.splat').get(found).get(above).op('v128.bitselect').set(found);
      });
      code.get(dy).memory('v128.load').set(gradient);
      eachPosition(dxCorner, () => {
        code.get(at).get(at).memory('v128.load');
        code.get(gradient).get(position).op('i32x4.splat').get(found).op('i32x4.eq').op('v128.and');
        code.op('f32x4.add').memory('v128.store');
      });
      code.skip(xCorner, 16).skip(dxCorner, 16).skip(dy, 16);
    });
    code.advance(x, step).advance(dx, step);
  });
}

/**
 * (dy, dx, rows, down, windows, along, fours, share): the gradient of an average pool whose windows tile the images. A row has
 * `windows` windows of `down` by `along` positions, a position `4 · fours` channels; each gets `share` of the window's `dy`.
 */
export function averagePoolGradient(): FunctionBuilder {
  const code = new FunctionBuilder('AvgPoolGrad', [...Array(7).fill(types.i32), types.f32]);
  const [dy, dx, rows, down, windows, along, fours, share] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const index = () => code.local(types.i32);
  const [window, from, downLeft, windowsLeft, alongLeft, foursLeft] = [
    index(),
    index(),
    index(),
    index(),
    index(),
    index(),
  ];
  const shares = code.local(types.v128);
  code.get(share).op('f32x4.splat').set(shares);
  return code.repeat(rows, () => {
    code.copy(downLeft, down);
    code.repeat(downLeft, () => {
      code.copy(window, dy).copy(windowsLeft, windows);
      code.repeat(windowsLeft, () => {
        code.copy(alongLeft, along);
        code.repeat(alongLeft, () => {
          code.copy(from, window).copy(foursLeft, fours);
          code.repeat(foursLeft, () => {
            code.get(dx).get(from).memory('v128.load').get(shares).op('f32x4.mul').memory('v128.store');
            code.skip(from, 16).skip(dx, 16);
          });
        });
        code.copy(window, from);
      });
    });
    code.copy(dy, window);
  });
}
