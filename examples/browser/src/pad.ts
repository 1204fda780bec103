import { Subject } from 'rxjs';
import type { Picture } from './protocol.js';

/** Thickness of the pen, in pixels of a pad of 280: what MNIST's digits have after scaling. */
const PEN = 22;

/** A black canvas that is drawn on in white, by mouse, finger, pen or keyboard. */
export class Pad {
  /** `drawing` at each move of the lowered pen, `done` when it is lifted or the pad was cleared. */
  readonly changes$ = new Subject<'drawing' | 'done'>();
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #strokes = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('this browser gives no canvas');
    this.#context = context;
    Object.assign(context, { lineWidth: PEN, lineCap: 'round', lineJoin: 'round', strokeStyle: 'white' });
    this.clear();
    this.#followPointer();
  }

  get empty(): boolean {
    return this.#strokes === 0;
  }

  clear(): void {
    this.#context.fillStyle = 'black';
    this.#context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#strokes = 0;
    this.changes$.next('done');
  }

  /** A stroke from one place to another, in pixels of the canvas; a dot where they are the same. */
  line(fromX: number, fromY: number, toX: number, toY: number): void {
    this.#context.beginPath();
    this.#context.moveTo(fromX, fromY);
    this.#context.lineTo(toX, toY);
    this.#context.stroke();
    this.#strokes++;
    this.changes$.next('drawing');
  }

  picture(): Picture {
    const { width, height } = this.canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    const pixels = Float32Array.from({ length: width * height }, (_, i) => data[4 * i]! / 255);
    return { pixels, shape: [height, width, 1] };
  }

  #followPointer(): void {
    const { canvas } = this;
    let last: readonly [number, number] | undefined;
    const place = ({ clientX, clientY }: PointerEvent) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [((clientX - left) / width) * canvas.width, ((clientY - top) / height) * canvas.height] as const;
    };
    const draw = (event: PointerEvent) => {
      const next = place(event);
      this.line(...(last ?? next), ...next);
      last = next;
    };
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || last !== undefined) return;
      canvas.setPointerCapture(event.pointerId);
      draw(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (last === undefined) return;
      const moves = event.getCoalescedEvents();
      for (const move of moves.length > 0 ? moves : [event]) draw(move);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, () => {
        if (last === undefined) return;
        last = undefined;
        this.changes$.next('done');
      });
    }
  }
}
