import type { Sample } from './classes.js';
import { call } from './engine.js';
import { pictureOf } from './pixels.js';
import type { Kind, Picture, Seen } from './protocol.js';
import sheet from './samples.png';
import { symbolStrokes } from './symbolStrokes.js';

/** What the rows of the sheet are; a row holds five digits of MNIST's test set, white on black. */
const names = ['2', '3', '5', '8'];
/** Side of a digit on the sheet, and of the picture that symbols are drawn in, in pixels. */
const [SIDE, PAD] = [28, 160];
/** Drawings of each symbol. */
const DRAWINGS = 3;

/** A few examples of a few classes, to begin with. */
export const loadSamples = (kind: Kind): Promise<Sample[]> =>
  kind === 'digits' ? sampleDigits() : sampleSymbols();

/** Digits of MNIST's own, so that they need no preparation. */
async function sampleDigits(): Promise<Sample[]> {
  const image = new Image();
  image.src = sheet;
  await image.decode();
  const context = contextOf(image.width, image.height);
  context.drawImage(image, 0, 0);
  const columns = Array.from({ length: image.width / SIDE }, (_, column) => column);
  const samples: Sample[] = [];
  for (const [row, name] of names.entries()) {
    const images = columns.map((column) => grayOf(context, column * SIDE, row * SIDE, SIDE));
    const codes = await call('encode', 'digits', images);
    samples.push({ name, examples: images.map((pixels, i) => exampleOf({ pixels, code: codes[i]! })) });
  }
  return samples;
}

/** Symbols, each drawn a few times by a hand that is never quite the same. */
async function sampleSymbols(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [name, strokes] of Object.entries(symbolStrokes)) {
    const examples = [];
    for (let drawing = 0; drawing < DRAWINGS; drawing++) {
      const seen = await call('see', 'symbols', drawn(strokes, drawing), 'light');
      if (seen) examples.push(exampleOf(seen));
    }
    samples.push({ name, examples });
  }
  return samples;
}

const exampleOf = (seen: Seen) => ({ ...seen, picture: pictureOf(seen) });

/** Strokes that are leaned, stretched and bent a little, each drawing in its own way. */
function drawn(strokes: (typeof symbolStrokes)[string], drawing: number): Picture {
  const context = contextOf(PAD, PAD);
  Object.assign(context, {
    lineWidth: 8 + 2 * drawing,
    lineCap: 'round',
    lineJoin: 'round',
    strokeStyle: 'white',
  });
  const [lean, stretch] = [[0, -0.18, 0.16][drawing] ?? 0, [1, 0.9, 1.12][drawing] ?? 1];
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x, y] of stroke) {
      const bend = 0.025 * Math.sin(7 * y + 2 * drawing);
      const left = 0.5 + stretch * (x - 0.5) + lean * (0.5 - y) + bend;
      const top = 0.5 + (y - 0.5) / stretch + 0.02 * Math.sin(6 * x + 3 * drawing);
      context.lineTo(PAD * (0.1 + 0.8 * left), PAD * (0.1 + 0.8 * top));
    }
    context.stroke();
  }
  return { pixels: grayOf(context, 0, 0, PAD), shape: [PAD, PAD, 1] };
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no canvas');
  context.fillRect(0, 0, width, height);
  return context;
}

function grayOf(
  context: OffscreenCanvasRenderingContext2D,
  left: number,
  top: number,
  side: number,
): Float32Array {
  const { data } = context.getImageData(left, top, side, side);
  return Float32Array.from({ length: side * side }, (_, i) => data[4 * i]! / 255);
}
