import { COLORS } from './colors.js';
import { Globe, type Ink, type Scene } from './globe.js';
import type { Point } from './learning.js';
import type { Place } from './protocol.js';
import { Turn } from './turn.js';

/** How near to the way a pointer is on it, in pixels. */
const [MOUSE, FINGER] = [44, 28];
/** How far an arrow key turns the sphere, in radians. */
const STEP = Math.PI / 18;
/** How long a place is turned to the eye, in milliseconds. */
const FACING = 700;
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** What a sphere asks for. */
export interface SphereActions {
  /** An example was pressed. */
  pick(point: Point): void;
  /** The pointer is at a share of the way. */
  move(omega: number): void;
}

const empty: Scene = { points: [], colors: new Map(), ends: [], line: [], omega: 0 };

/** The sphere with examples on it, which is turned by mouse, finger or keyboard. */
export class Sphere {
  /** True while somebody is at it. */
  busy = false;
  /** True if somebody has turned it since something was last turned to the eye. */
  turned = false;
  /** True while it is in the window. */
  visible = false;
  readonly #canvas: HTMLCanvasElement;
  readonly #actions: SphereActions;
  readonly #turn = new Turn();
  #scene = empty;
  #hovered: Point | undefined;
  #size = 0;
  #due = false;
  /** A place that is being turned to the eye, and since when. */
  #facing: Place | undefined;
  #faced = 0;

  constructor(focusable: HTMLElement, canvas: HTMLCanvasElement, actions: SphereActions) {
    this.#canvas = canvas;
    this.#actions = actions;
    new ResizeObserver(([entry]) => {
      this.#size = entry?.contentRect.width ?? 0;
      const pixels = Math.round(this.#size * devicePixelRatio);
      if (canvas.width !== pixels) [canvas.width, canvas.height] = [pixels, pixels];
      this.#draw();
    }).observe(canvas);
    new IntersectionObserver(([entry]) => {
      this.visible = entry?.isIntersecting ?? false;
    }).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plan());
    focusable.tabIndex = 0;
    focusable.addEventListener('keydown', (event) => {
      const turn = keys[event.key];
      if (turn === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#turnBy(...turn);
    });
    this.#followPointer();
  }

  /** Changes what is shown, in part. */
  show(changes: Partial<Scene>): void {
    this.#scene = { ...this.#scene, ...changes };
    if (changes.points) this.#hovered = undefined;
    this.#plan();
  }

  /** Turns a place to the eye. */
  face(place: Place): void {
    this.turned = false;
    this.#facing = calm ? undefined : place;
    if (calm) this.#turn.toward(place, 1);
    else this.#faced = performance.now();
    this.#plan();
  }

  #turnBy(around: number, tilt: number): void {
    this.#facing = undefined;
    this.turned = true;
    this.#turn.by(around, tilt);
    this.#plan();
  }

  #plan(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#due = false;
    if (this.#size === 0) return;
    if (this.#facing) {
      const time = (performance.now() - this.#faced) / FACING;
      this.#turn.toward(this.#facing, time < 1 ? 0.15 : 1);
      if (time < 1) this.#plan();
      else this.#facing = undefined;
    }
    const globe = this.#globe();
    globe.context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    globe.draw({ ...this.#scene, hovered: this.#hovered });
  }

  #globe(): Globe {
    const context = this.#canvas.getContext('2d');
    if (context === null) throw new Error('this browser gives no canvas');
    const style = getComputedStyle(this.#canvas);
    const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const ink: Ink = {
      ball: color('ball'),
      rim: color('rim'),
      line: color('grid'),
      accent: color('accent'),
      card: color('card'),
      ink: color('ink'),
      classes: Array.from({ length: COLORS }, (_, i) => color(`class-${i}`)),
    };
    return new Globe(context, this.#turn, this.#size, ink);
  }

  /** The example under a place of the canvas: of several the one on top. */
  #pointAt(x: number, y: number): Point | undefined {
    const globe = this.#globe();
    const isEnd = (point: Point) => this.#scene.ends.includes(point);
    return this.#scene.points
      .filter(({ title }) => title !== undefined)
      .map((point) => ({ point, spot: globe.spotOf(point.place) }))
      .filter(({ spot }) => {
        const half = Math.max(12, (globe.side * globe.scaleOf(spot.near)) / 2);
        return Math.abs(spot.x - x) <= half && Math.abs(spot.y - y) <= half;
      })
      .sort((a, b) => Number(isEnd(b.point)) - Number(isEnd(a.point)) || b.spot.near - a.spot.near)[0]?.point;
  }

  /** The share of the way nearest to a place of the canvas; undefined if that is far. */
  #omegaAt(x: number, y: number, reach: number): number | undefined {
    const { line } = this.#scene;
    const globe = this.#globe();
    let [best, nearest] = [-1, reach];
    for (const [i, place] of line.entries()) {
      const spot = globe.spotOf(place);
      const distance = Math.hypot(spot.x - x, spot.y - y);
      if (distance <= nearest) [best, nearest] = [i, distance];
    }
    return best < 0 ? undefined : best / (line.length - 1);
  }

  #followPointer(): void {
    const canvas = this.#canvas;
    let drag: { x: number; y: number; moved: number; walks: boolean } | undefined;
    const at = ({ clientX, clientY }: PointerEvent) => {
      const { left, top } = canvas.getBoundingClientRect();
      return [clientX - left, clientY - top] as const;
    };
    const hover = (point: Point | undefined) => {
      canvas.style.cursor = point === undefined ? '' : 'pointer';
      if (point === this.#hovered) return;
      this.#hovered = point;
      this.#plan();
    };
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      const [x, y] = at(event);
      canvas.setPointerCapture(event.pointerId);
      const onWay = event.pointerType !== 'mouse' && this.#omegaAt(x, y, FINGER) !== undefined;
      drag = { x, y, moved: 0, walks: onWay && this.#pointAt(x, y) === undefined };
      this.busy = true;
    });
    canvas.addEventListener('pointermove', (event) => {
      const [x, y] = at(event);
      this.busy = true;
      if (drag === undefined || drag.walks) {
        const omega = this.#omegaAt(x, y, drag?.walks ? 4 * MOUSE : MOUSE);
        if (omega !== undefined) this.#actions.move(omega);
        hover(this.#pointAt(x, y));
        return;
      }
      const [dx, dy] = [x - drag.x, y - drag.y];
      drag = { ...drag, x, y, moved: drag.moved + Math.hypot(dx, dy) };
      if (drag.moved < 5) return;
      this.#turnBy((2.5 * dx) / this.#size, (2.5 * dy) / this.#size);
    });
    canvas.addEventListener('pointerup', (event) => {
      const [x, y] = at(event);
      const point = this.#pointAt(x, y);
      if (drag !== undefined && drag.moved < 5 && point) this.#actions.pick(point);
      drag = undefined;
      if (event.pointerType !== 'mouse') this.busy = false;
    });
    for (const end of ['pointercancel', 'pointerleave'] as const) {
      canvas.addEventListener(end, () => {
        drag = undefined;
        this.busy = false;
        hover(undefined);
      });
    }
  }
}
