/** Side of all images that the encoder takes, in pixels. */
export const SIDE = 28;

/** Paints 28×28 values in [0, 1], or black where there are none. */
export function paint(canvas: HTMLCanvasElement, pixels: Float32Array | undefined): void {
  const image = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const gray = Math.round(255 * (pixels?.[i] ?? 0));
    image.data.set([gray, gray, gray, 255], 4 * i);
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** A small picture of an image, with a name for those who do not see it; without one it is decoration. */
export function thumbnail(pixels: Float32Array, name?: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  canvas.className = 'pixels';
  if (name === undefined) canvas.ariaHidden = 'true';
  else {
    canvas.role = 'img';
    canvas.ariaLabel = name;
  }
  paint(canvas, pixels);
  return canvas;
}
