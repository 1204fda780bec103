/** Writes our photo encoder as an ONNX model, with the weights that ours computes with. */

/** Bytes of a number as protobuf's varint. */
function varint(value) {
  const bytes = [];
  let left = BigInt(value);
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Uint8Array.of(...bytes, Number(left));
}

const join = (parts) => new Uint8Array(Buffer.concat(parts));
const whole = (field, value) => join([varint(field << 3), varint(value)]);
const bytesOf = (value) =>
  typeof value === 'string' ? new TextEncoder().encode(value) : join([value].flat());
const nested = (field, value) => {
  const bytes = bytesOf(value);
  return join([varint((field << 3) | 2), varint(bytes.length), bytes]);
};

const FLOAT = 1;
const tensor = (name, shape, values) =>
  nested(5, [
    ...shape.map((side) => whole(1, side)),
    whole(2, FLOAT),
    nested(8, name),
    nested(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
const integers = (name, values) =>
  nested(5, [nested(1, name), ...values.map((v) => whole(8, v)), whole(20, 7)]);
const text = (name, value) => nested(5, [nested(1, name), nested(4, value), whole(20, 3)]);
const single = (name, value) => nested(5, [nested(1, name), whole(3, value), whole(20, 2)]);
const node = (kind, inputs, output, attributes = []) =>
  nested(1, [...inputs.map((input) => nested(1, input)), nested(2, output), nested(4, kind), ...attributes]);
const port = (field, name, shape) => {
  const sides = shape.map((side) => nested(1, whole(1, side)));
  return nested(field, [nested(1, name), nested(2, nested(1, [whole(1, FLOAT), nested(2, sides)]))]);
};

/** Kernels `[height, width, in, out]`, or `[height, width, channels, 1]`, as ONNX has them: `[out, in, height, width]`. */
function turned({ shape: [height, width, given, out], values }, depthwise) {
  const [to, from] = depthwise ? [given, 1] : [out, given];
  const turned = new Float32Array(values.length);
  for (let o = 0, at = 0; o < to; o++)
    for (let i = 0; i < from; i++)
      for (let place = 0; place < height * width; place++)
        turned[at++] = values[depthwise ? place * given + o : (place * given + i) * out + o];
  return { shape: [to, from, height, width], values: turned };
}

/** The model that takes `[batch, 3, side, side]` as `pictures` and gives `[batch, 320, 1, 1]` as `features`. */
export function onnxNet(tensors, batch, side) {
  const [nodes, initializers] = [[], []];
  initializers.push(tensor('zero', [], Float32Array.of(0)), tensor('six', [], Float32Array.of(6)));
  const layer = (name, input, stride, clipped) => {
    const depthwise = name.endsWith('depthwise');
    const { shape, values } = turned(tensors.get(`${name}/kernel`), depthwise);
    const bias = tensors.get(`${name}/bias`);
    initializers.push(tensor(`${name}/k`, shape, values), tensor(`${name}/b`, bias.shape, bias.values));
    const attributes = [
      integers('strides', [stride, stride]),
      integers('kernel_shape', shape.slice(2)),
      text('auto_pad', 'SAME_UPPER'),
      single('group', depthwise ? shape[0] : 1),
    ];
    nodes.push(node('Conv', [input, `${name}/k`, `${name}/b`], name, attributes));
    if (clipped) nodes.push(node('Clip', [name, 'zero', 'six'], `${name}/out`));
    return clipped ? `${name}/out` : name;
  };
  const strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1];
  let last = layer('stem', 'pictures', 2, true);
  let channels = 32;
  for (const [i, stride] of strides.entries()) {
    const name = `block${i}`;
    const wide = tensors.has(`${name}/expand/kernel`) ? layer(`${name}/expand`, last, 1, true) : last;
    const narrow = layer(`${name}/project`, layer(`${name}/depthwise`, wide, stride, true), 1, false);
    const given = channels;
    channels = tensors.get(`${name}/project/bias`).values.length;
    if (stride === 1 && given === channels) nodes.push(node('Add', [last, narrow], name));
    last = stride === 1 && given === channels ? name : narrow;
  }
  nodes.push(node('GlobalAveragePool', [last], 'features'));
  const graph = nested(7, [
    ...nodes,
    nested(2, 'photos'),
    ...initializers,
    port(11, 'pictures', [batch, 3, side, side]),
    port(12, 'features', [batch, channels, 1, 1]),
  ]);
  return join([whole(1, 8), graph, nested(8, whole(2, 13))]);
}
