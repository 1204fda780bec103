import type { Seen } from './protocol.js';

/** Paints square gray values in [0, 1], or black where there are none, and makes the canvas as large. */
export function paint(canvas: HTMLCanvasElement, pixels: Float32Array | undefined): void {
  const side = pixels === undefined ? canvas.width : Math.sqrt(pixels.length);
  if (canvas.width !== side || canvas.height !== side) [canvas.width, canvas.height] = [side, side];
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const gray = Math.round(255 * (pixels?.[i] ?? 0));
    image.data.set([gray, gray, gray, 255], 4 * i);
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** Paints what another canvas shows. */
export function copy(canvas: HTMLCanvasElement, from: HTMLCanvasElement | undefined): void {
  if (from === undefined) {
    paint(canvas, undefined);
    return;
  }
  [canvas.width, canvas.height] = [from.width, from.height];
  canvas.classList.toggle('smooth', from.classList.contains('smooth'));
  canvas.getContext('2d')?.drawImage(from, 0, 0);
}

/** A canvas that shows a drawing. */
export function pictureOf({ pixels }: Pick<Seen, 'pixels'>): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  paint(canvas, pixels);
  return canvas;
}

/** A small picture, with a name for those who do not see it; without one it is decoration. */
export function thumbnail(picture: HTMLCanvasElement, name?: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  copy(canvas, picture);
  canvas.classList.add('pixels');
  if (name === undefined) canvas.ariaHidden = 'true';
  else {
    canvas.role = 'img';
    canvas.ariaLabel = name;
  }
  return canvas;
}
