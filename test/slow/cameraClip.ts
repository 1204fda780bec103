import { open } from 'node:fs/promises';
import { encode } from 'fast-png';

/** Size of the clip: as wide as a camera's. Pages look at the square in the middle. */
const [WIDTH, HEIGHT] = [320, 240];
const FPS = 10;
/** Seconds that each thing is shown. */
export const SECONDS = 4;

type Color = readonly [red: number, green: number, blue: number];
/** Color of a thing at a place in a square from −1 to 1; undefined beside it. */
type Thing = (x: number, y: number) => Color | undefined;

const box = (x: number, y: number, w: number, h: number) => Math.max(Math.abs(x) - w, Math.abs(y) - h) < 0;
const shaded = ([r, g, b]: Color, light: number): Color => [r * light, g * light, b * light];

/** A mug with a handle, a striped ball, a leaf, and a pair of glasses. */
export const drawings: Readonly<Record<string, Thing>> = {
  mug: (x, y) => {
    const ring = Math.hypot(x - 0.45, y);
    if (box(x + 0.05, y, 0.42, 0.5))
      return y < -0.42 ? [110, 20, 20] : shaded([215, 45, 40], 1 - 0.5 * Math.abs(x + 0.2));
    return ring < 0.34 && ring > 0.22 && x > 0.35 ? [190, 40, 35] : undefined;
  },
  ball: (x, y) => {
    const r = Math.hypot(x, y);
    if (r > 0.6) return undefined;
    const stripe = Math.floor((Math.asin(y / 0.6) + x * x * 0.8) * 4) % 2 === 0;
    return shaded(stripe ? [245, 245, 240] : [30, 80, 200], 1.1 - 0.7 * Math.hypot(x + 0.2, y + 0.2));
  },
  leaf: (x, y) => {
    const half = 0.42 * Math.cos((y / 0.75) * (Math.PI / 2)) ** 0.8;
    if (Math.abs(y) > 0.72) return Math.abs(x) < 0.03 && y > 0 && y < 0.95 ? [90, 70, 30] : undefined;
    if (Math.abs(x) > half) return undefined;
    const vein = Math.abs(x) < 0.025 || Math.abs(((y + Math.abs(x)) * 6) % 1) < 0.1;
    return vein ? [150, 200, 90] : shaded([40, 130, 50], 1 - 0.3 * Math.abs(x));
  },
  glasses: (x, y) => {
    const r = Math.hypot((Math.abs(x) - 0.36) / 1.15, y);
    if (r < 0.3 && r > 0.22) return [20, 20, 24];
    if (r <= 0.22) return [150, 190, 200];
    return Math.abs(y + 0.05) < 0.04 && Math.abs(x) < 0.12 ? [20, 20, 24] : undefined;
  },
};

/** Brightness of the margin that tells which thing is shown: outside of the square that pages look at. */
const marginOf = (scene: number) => 40 + 40 * scene;

/** The thing that is shown, by the brightness of the left margin, in bytes. */
export const thingOf = (margin: number): string | undefined =>
  Object.keys(drawings).find((_, scene) => Math.abs(marginOf(scene) - margin) < 16);

/** One frame: a thing that is moved a little in the hand, before a wall. */
function frame(thing: Thing, scene: number, second: number, noise: () => number): Uint8Array {
  const angle = 0.25 * Math.sin(1.7 * second + scene);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const zoom = 0.85 + 0.1 * Math.sin(1.1 * second);
  const [cx, cy] = [0.12 * Math.sin(0.9 * second), 0.1 * Math.cos(1.3 * second)];
  const rgb = new Float32Array(WIDTH * HEIGHT * 3);
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      const at = 3 * (row * WIDTH + column);
      if (column < 24) {
        rgb.fill(marginOf(scene), at, at + 3);
        continue;
      }
      const [u, v] = [(2 * column - WIDTH) / HEIGHT, (2 * row - HEIGHT) / HEIGHT];
      const [x, y] = [(u - cx) / zoom, (v - cy) / zoom];
      const wall = 168 + 14 * Math.sin(3 * u + 1) + 10 * v + 5 * Math.sin(40 * u) * Math.sin(37 * v);
      const color = thing(x * cos + y * sin, y * cos - x * sin) ?? [wall, 0.95 * wall, 0.85 * wall];
      const grain = 8 * (noise() - 0.5);
      for (const [c, value] of color.entries()) rgb[at + c] = value + grain;
    }
  }
  return toYuv(rgb);
}

/** BT.601, with one pair of color values for four pixels. */
function toYuv(rgb: Float32Array): Uint8Array {
  const pixels = WIDTH * HEIGHT;
  const yuv = new Uint8ClampedArray(pixels * 1.5);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = rgb.subarray(3 * i, 3 * i + 3) as unknown as Color;
    yuv[i] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
    const [row, column] = [Math.floor(i / WIDTH), i % WIDTH];
    if (row % 2 === 1 || column % 2 === 1) continue;
    const at = pixels + (row / 2) * (WIDTH / 2) + column / 2;
    yuv[at] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
    yuv[at + pixels / 4] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
  }
  return new Uint8Array(yuv.buffer);
}

/** Writes a clip in the form of YUV4MPEG2 that shows one thing after the other; a browser plays it as its camera, endlessly. */
export async function writeClip(path: string): Promise<void> {
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const file = await open(path, 'w');
  await file.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1 C420\n`);
  for (const [scene, thing] of Object.values(drawings).entries()) {
    for (let i = 0; i < SECONDS * FPS; i++) {
      await file.write('FRAME\n');
      await file.write(frame(thing, scene, i / FPS, noise));
    }
  }
  await file.close();
}

/** A picture of a thing as a PNG file, a little different for each number. */
export function pictureOf(thing: string, number: number): { name: string; mimeType: string; buffer: Buffer } {
  const side = 160;
  const data = new Uint8Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [(2 * (i % side)) / side - 1, (2 * Math.floor(i / side)) / side - 1];
    const zoom = 0.8 + 0.03 * number;
    data.set(drawings[thing]!((x - 0.02 * number) / zoom, y / zoom) ?? [170, 160, 145], 3 * i);
  }
  const buffer = Buffer.from(encode({ width: side, height: side, data, channels: 3, depth: 8 }));
  return { name: `${thing}-${number}.png`, mimeType: 'image/png', buffer };
}
