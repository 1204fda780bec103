import type { Observable } from 'rxjs';
import { find } from './dom.js';
import type { Subject } from './kinds.js';
import { Pad } from './pad.js';
import { drawByKeys } from './padKeys.js';
import type { Parts } from './parts.js';
import { paint, pictureOf } from './pixels.js';
import type { Asked, Picture, Seen } from './protocol.js';
import type { Shot, Source } from './source.js';

/** Larger pictures are made this small before they are looked at, in pixels. */
const LARGEST = 400;

const exampleOf = (seen: Seen) => ({ ...seen, picture: pictureOf(seen) });

/** Drawings on a pad, and in image files. */
export class PadSource implements Source {
  readonly changes$: Observable<unknown>;
  readonly nothingIn = 'is of one shade: there is no drawing in it.';
  readonly #parts: Parts;
  readonly #pad: Pad;

  constructor(parts: Parts, { hint }: Subject) {
    this.#parts = parts;
    parts.fill('pad-source', parts.get('source'));
    parts.get('pad-hint').textContent = hint ?? '';
    this.#pad = new Pad(parts.get<HTMLCanvasElement>('pad'));
    drawByKeys(this.#pad, find('.pad', parts.root), parts.get('pen'));
    parts.get('clear').addEventListener('click', () => this.#pad.clear());
    this.changes$ = this.#pad.changes$;
  }

  shot(): Shot | undefined {
    this.#parts.get('pad-hint').hidden = !this.#pad.empty;
    return this.#pad.empty ? undefined : { picture: this.#pad.picture(), polarity: 'light', exampleOf };
  }

  showSeen(asked: Asked | undefined): void {
    paint(this.#parts.get<HTMLCanvasElement>('seen'), asked?.pixels);
  }

  taken(): void {
    this.#pad.clear();
  }

  async read(file: File): Promise<Shot> {
    return { picture: await onPaper(file), exampleOf };
  }

  leave(): void {}
}

/** An image file on white paper, which shows where it is transparent. */
async function onPaper(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no canvas');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]! / 255,
  );
  return { pixels, shape: [height, width, 3] };
}
