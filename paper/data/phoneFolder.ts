import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { type RandomStream, randomStream } from '../../src/core/random.js';

/** A rendered stand-in for photos that somebody took with a phone: no photo of anything. */
export interface PhonePicture {
  /** Path below the folder, such as `cup/2024-05/IMG_0017.jpg`. */
  readonly name: string;
  readonly label: string;
  /** Number of the scene among all. Frames of one scene are a burst: moved, zoomed, lit and stored a little differently. */
  readonly scene: number;
}

export interface PhoneFolderOptions {
  readonly seed: number;
  /** Classes: objects that differ in shape and, a little, in color. Default 4. */
  readonly classes?: number;
  /** Frames of each scene of a class. Default: 20 images of 11 scenes. */
  readonly bursts?: readonly number[];
  /** Formats, taken in turn. Default: all. */
  readonly formats?: readonly Format[];
}

const names = ['cup', 'key', 'leaf', 'shoe', 'bowl', 'lamp'];
const formats = ['jpg', 'JPG', 'jpeg', 'png', 'webp', 'jfif', 'avif', 'tif', 'gif', 'jpe'] as const;
type Format = (typeof formats)[number];
const [WIDTH, HEIGHT] = [128, 96];
/** Side of the canvas that frames are cut from, as a multiple of a frame. */
const MARGIN = 1.2;

/**
 * Writes a folder as a phone leaves it: a folder a class, some images in folders of months, several formats, bursts, and files
 * that are no images to learn from.
 */
export async function writePhoneFolder(
  root: string,
  {
    seed,
    classes = 4,
    bursts = [4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1],
    formats: used = formats,
  }: PhoneFolderOptions,
): Promise<PhonePicture[]> {
  const pictures: PhonePicture[] = [];
  let number = 0;
  for (const [index, label] of names.slice(0, classes).entries()) {
    for (const [own, frames] of bursts.entries()) {
      const scene = pictures.length === 0 ? 0 : pictures.at(-1)!.scene + 1;
      const draw = sceneOf(index, randomStream(seed, 'scene', label, own));
      // Scenes of the last third lie in folders of months.
      const month = own >= (2 * bursts.length) / 3 ? `2024-${String(1 + (own % 12)).padStart(2, '0')}/` : '';
      for (let frame = 0; frame < frames; frame++) {
        const format = used[number % used.length]!;
        const name = `${label}/${month}IMG_${String(number++).padStart(4, '0')}.${format}`;
        const random = randomStream(seed, 'frame', label, own, frame);
        await write(join(root, name), await encoded(draw(random), format, random));
        pictures.push({ name, label, scene });
      }
    }
    await write(join(root, label, '.DS_Store'), '\0\0\0\u0001Bud1');
    await write(join(root, label, 'Thumbs.db'), 'thumbs');
    await write(join(root, label, 'IMG_0001.MOV'), 'ftypqt');
    await write(join(root, label, 'IMG_0001.AAE'), '<plist/>');
  }
  return pictures;
}

/** Pixels of new scenes, `count` of each class, which no folder of that seed has. */
export function unseenScenes(seed: number, classes: number, count: number) {
  return names.slice(0, classes).flatMap((label, index) =>
    Array.from({ length: count }, (_, own) => {
      const draw = sceneOf(index, randomStream(seed, 'unseen', label, own));
      return {
        label,
        pixels: draw(randomStream(seed, 'unseen frame', label, own)),
        shape: [HEIGHT, WIDTH, 3] as const,
      };
    }),
  );
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** A scene: a field of colors, and an object of its class somewhere on it. The function draws one frame of it. */
function sceneOf(index: number, random: RandomStream): (frame: RandomStream) => Float32Array {
  const field = Array.from({ length: 6 * 6 * 3 }, () => random.uniform(0.1, 0.9));
  // Classes have a hue of their own, but those of two classes overlap.
  const hue = index / 6 + random.uniform(-0.16, 0.16);
  const color = [0, 1, 2].map((c) => 0.5 + 0.5 * Math.cos(2 * Math.PI * (hue + c / 3)));
  const [x, y, size] = [random.uniform(0.3, 0.7), random.uniform(0.3, 0.7), random.uniform(0.16, 0.28)];
  const turn = random.uniform(-0.5, 0.5);
  const at = (u: number, v: number, c: number): number => {
    const [dx, dy] = [u - x, (v - y) * (HEIGHT / WIDTH)];
    const [across, down] = [
      (dx * Math.cos(turn) - dy * Math.sin(turn)) / size,
      (dx * Math.sin(turn) + dy * Math.cos(turn)) / size,
    ];
    return shapes[index]!(across, down) ? color[c]! : bilinear(field, u, v, c);
  };
  return (frame) => {
    const zoom = 1 + frame.uniform(-0.03, 0.03);
    const [right, below] = [frame.uniform(-0.03, 0.03), frame.uniform(-0.03, 0.03)];
    const light = 1 + frame.uniform(-0.08, 0.08);
    const pixels = new Float32Array(WIDTH * HEIGHT * 3);
    for (let row = 0, i = 0; row < HEIGHT; row++) {
      for (let column = 0; column < WIDTH; column++) {
        const u = 0.5 + (((column + 0.5) / WIDTH - 0.5) * zoom) / MARGIN + right;
        const v = 0.5 + (((row + 0.5) / HEIGHT - 0.5) * zoom) / MARGIN + below;
        for (let c = 0; c < 3; c++) {
          const value = light * at(u, v, c) + frame.uniform(-0.03, 0.03);
          pixels[i++] = Math.min(1, Math.max(0, value));
        }
      }
    }
    return pixels;
  };
}

/** True inside the object of a class, in units of its size. */
const shapes: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => x * x + y * y < 1,
  (x, y) => Math.abs(x) < 0.35 || (Math.abs(y) < 0.35 && Math.abs(x) < 1),
  (x, y) => x * x + y * y < 1 && x * x + y * y > 0.4,
  (x, y) => Math.abs(x) + Math.abs(y) < 1,
  (x, y) => Math.abs(x) < 1 && Math.abs(y) < 0.5,
  (x, y) => y > -0.8 && Math.abs(x) < 0.5 * (1 - y),
];

function bilinear(field: readonly number[], u: number, v: number, c: number): number {
  const [x, y] = [Math.min(4.999, Math.max(0, u * 5)), Math.min(4.999, Math.max(0, v * 5))];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const value = (row: number, column: number) => field[(row * 6 + column) * 3 + c]!;
  const upper = (1 - x + left) * value(top, left) + (x - left) * value(top, left + 1);
  const lower = (1 - x + left) * value(top + 1, left) + (x - left) * value(top + 1, left + 1);
  return (1 - y + top) * upper + (y - top) * lower;
}

function encoded(pixels: Float32Array, format: Format, random: RandomStream): Promise<Buffer> {
  const bytes = Buffer.from(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
  const image = sharp(bytes, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
  const quality = 70 + random.integer(25);
  if (format === 'png') return image.png().toBuffer();
  if (format === 'webp') return image.webp({ quality }).toBuffer();
  if (format === 'avif') return image.avif({ quality, effort: 0 }).toBuffer();
  if (format === 'tif') return image.tiff().toBuffer();
  if (format === 'gif') return image.gif().toBuffer();
  return image.jpeg({ quality }).toBuffer();
}
