import type { Ink } from './mnistDigit.js';

/** Differences from the paper below this share of the strongest one are its texture and shadows. */
const TEXTURE = 0.3;
/** A picture whose strongest difference is less than this is taken for empty. */
const EMPTY = 0.15;

/**
 * The ink of a photo or a scan: how far each pixel is from the paper, which is the middle value along the border. So dark
 * on light and light on dark both work. Undefined for a picture of one shade.
 */
export function inkOf({ data, width, height }: ImageData): Ink | undefined {
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = (0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!) / 255;
  }
  const paper = median(border(gray, width, height));
  // Bright paper has dark ink: what is brighter still is a reflection.
  const sign = paper > 0.5 ? -1 : 1;
  const values = gray.map((value) => Math.max(0, sign * (value - paper)));
  let strongest = 0;
  for (const value of values) strongest = Math.max(strongest, value);
  if (strongest < EMPTY) return undefined;
  const floor = TEXTURE * strongest;
  return {
    values: values.map((value) => Math.max(0, (value - floor) / (strongest - floor))),
    width,
    height,
  };
}

function border(gray: Float32Array, width: number, height: number): number[] {
  const values: number[] = [];
  for (let x = 0; x < width; x++) values.push(gray[x]!, gray[(height - 1) * width + x]!);
  for (let y = 0; y < height; y++) values.push(gray[y * width]!, gray[(y + 1) * width - 1]!);
  return values;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
