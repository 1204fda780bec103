import * as tf from '@tensorflow/tfjs';
import { from, isObservable } from 'rxjs';

/** Values of wrong kinds for any argument or field, each made anew. */
const strangers: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => Number.NEGATIVE_INFINITY,
  () => -1,
  () => 0,
  () => 1.5,
  () => 1e9,
  () => 'x',
  () => '',
  () => true,
  () => false,
  () => 7n,
  () => Symbol('x'),
  () => () => undefined,
  () => ({}),
  () => Object.create(null),
  () => [],
  () => [null],
  () => [[1, 2], 'x'],
  () => ['cat'],
  () => new Map([['cat', 1]]),
  () => new Date(0),
  () => Promise.resolve(1),
  () => from([1, 2]),
  () => new Uint8ClampedArray([0, 255, 7]),
  () => new Float64Array([0.5, 0.25]),
  () => new Float32Array([0.5, Number.NaN]),
  () => new Float32Array(0),
  () => tf.tensor1d([1, 2, 3]),
  () => tf.tensor2d([[Number.NaN, 1]]),
  () => tf.scalar(0.5),
];

/** Values that are nearly right: of another type, scale or length, or not awaited. */
function nearly(value: unknown): readonly (() => unknown)[] {
  if (typeof value === 'number') {
    return [
      () => -value - 1,
      () => value + 0.5,
      () => String(value),
      () => BigInt(Math.round(value)),
      () => [value],
    ];
  }
  if (typeof value === 'string') return [() => `${value}!`, () => [value], () => 3, () => new String(value)];
  if (typeof value === 'function') return [() => Promise.resolve(value), () => 'function', () => undefined];
  const late = () => {
    const promise = Promise.resolve(value);
    return promise;
  };
  if (value instanceof Float32Array) {
    return [
      () => Array.from(value),
      () => Float64Array.from(value),
      () => Uint8ClampedArray.from(value, (each) => 255 * each),
      () => Uint8Array.from(value, (each) => 255 * each),
      () => value.map((each) => 255 * each + 2),
      () => value.map((each) => 2 * each - 1.5),
      () => value.subarray(1),
      () => Float32Array.from([...value, 0.5]),
      () => value.map((each, i) => (i === value.length - 1 ? Number.NaN : each)),
      () => value.map((each, i) => (i === 0 ? Number.POSITIVE_INFINITY : each)),
      () => tf.tensor1d(value),
      late,
    ];
  }
  if (value instanceof tf.Tensor) {
    return [
      () => value.arraySync(),
      () => value.dataSync(),
      () => tf.tidy(() => value.expandDims()),
      () => tf.tidy(() => value.flatten()),
      () => tf.tidy(() => tf.concat([value.flatten(), tf.tensor1d([0.5])])),
      () => tf.tidy(() => tf.mul(value, Number.NaN)),
      () => tf.tidy(() => (value.rank === 0 ? tf.tensor([], [0]) : value.slice(0, 0))),
      () =>
        tf.tidy(() =>
          value.rank === 0 ? tf.ones([3]) : value.slice(0, 1).tile([3, ...value.shape.slice(1).map(() => 1)]),
        ),
      () => {
        const gone = value.clone();
        gone.dispose();
        return gone;
      },
      late,
    ];
  }
  if (ArrayBuffer.isView(value))
    return [() => Array.from(value as Uint8Array), () => (value as Uint8Array).subarray(1), late];
  if (isObservable(value)) return [() => [value], late];
  if (Array.isArray(value)) {
    return [
      () => from(value),
      () => [...value, null],
      () => [null, ...value],
      () => value.slice(1),
      () => [value],
      () => [...value, ...value],
      late,
    ];
  }
  return [late, () => [value], () => from([value])];
}

/** Places within a value, as keys from the outside in. */
export type Place = readonly (string | number)[];

/** Largest depth of fields that are replaced. */
const DEEPEST = 3;

/** True for an object that a caller writes down, and not for one that a function made. */
function isWritten(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || opaque.has(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

const opaque = new WeakSet<object>();

/** Marks a value whose fields are not replaced, such as a model, because no caller writes it down. */
export function whole<Value extends object>(value: Value): Value {
  opaque.add(value);
  return value;
}

/** Every place in a value where another can stand. */
export function placesIn(value: unknown, above: Place = []): Place[] {
  const own = above.length === 0 ? [] : [above];
  if (above.length > DEEPEST) return own;
  if (Array.isArray(value) && !opaque.has(value)) {
    const ends =
      above.length === 0
        ? [...value.keys()]
        : [...new Set([0, value.length - 1])].filter((i) => i >= 0 && i < value.length);
    return [...own, ...ends.flatMap((i) => placesIn(value[i], [...above, i]))];
  }
  if (isWritten(value))
    return [...own, ...Object.keys(value).flatMap((key) => placesIn(value[key], [...above, key]))];
  return own;
}

const at = (value: unknown, place: Place): unknown =>
  place.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);

function withAt(value: unknown, [key, ...rest]: Place, other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = withAt(copy[key], rest, other);
  return copy;
}

/** Arguments with a wrong value at one place, both chosen by numbers. */
export function spoiled(
  args: readonly unknown[],
  placeNumber: number,
  valueNumber: number,
): { readonly args: unknown[]; readonly place: Place; readonly value: unknown } {
  const places = placesIn(args);
  const place = places[placeNumber % places.length]!;
  const choices = [...nearly(at(args, place)), ...strangers];
  const value = choices[valueNumber % choices.length]!();
  return { args: withAt(args, place, value) as unknown[], place, value };
}

/** Disposes every tensor in a value. */
export function disposeAll(value: unknown, depth = 0): void {
  if (value instanceof tf.Tensor) value.dispose();
  else if (Array.isArray(value) && depth < 4) for (const each of value) disposeAll(each, depth + 1);
  else if (depth < 4 && isWritten(value))
    for (const each of Object.values(value)) disposeAll(each, depth + 1);
}

/** The place of the first NaN in a value: in numbers, arrays, tensors, and fields of objects; undefined without one. */
export function findNaN(value: unknown, where = 'result', depth = 0): string | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? where : undefined;
  if (typeof value !== 'object' || value === null || depth > 5) return undefined;
  if (value instanceof tf.Tensor) {
    if (value.isDisposed || value.dtype === 'string') return undefined;
    return (value.dataSync() as Float32Array).some(Number.isNaN) ? `${where} (tensor)` : undefined;
  }
  if (value instanceof Float32Array || value instanceof Float64Array) {
    return value.some(Number.isNaN) ? `${where} (${value.constructor.name})` : undefined;
  }
  if (ArrayBuffer.isView(value) || value instanceof Date) return undefined;
  const parts = value instanceof Map ? value.entries() : Object.entries(value);
  for (const [key, part] of parts) {
    const found = findNaN(part, `${where}.${String(key)}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
