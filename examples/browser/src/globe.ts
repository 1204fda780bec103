import type { Point } from './learning.js';
import type { Place } from './protocol.js';
import type { Turn } from './turn.js';

/** Lines of longitude and latitude, each as places. */
const grid: readonly (readonly Place[])[] = [...meridians(), ...parallels()];

/** What is drawn on the sphere. */
export interface Scene {
  readonly points: readonly Point[];
  /** Color of each class, by its number. */
  readonly colors: ReadonlyMap<string, number>;
  /** Points that the way goes between, and the one under the pointer. */
  readonly ends: readonly (Point | undefined)[];
  readonly hovered?: Point | undefined;
  /** The way as places at equal steps, and where on it we are. */
  readonly line: readonly Place[];
  readonly omega: number;
  /** What is drawn or shown there. */
  readonly made?: HTMLCanvasElement | undefined;
  /** What is on the pad or before the camera. */
  readonly asked?: { readonly place: Place; readonly picture: HTMLCanvasElement } | undefined;
}

/** Colors of the sphere itself. */
export interface Ink {
  readonly ball: string;
  readonly rim: string;
  readonly line: string;
  readonly accent: string;
  readonly card: string;
  readonly ink: string;
  /** Of classes. */
  readonly classes: readonly string[];
}

/** A point as it is seen: in pixels of the page, and how near it is, from -1 to 1. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly near: number;
}

/** Draws a sphere with points on it on a canvas, seen from far away. */
export class Globe {
  constructor(
    readonly context: CanvasRenderingContext2D,
    readonly turn: Turn,
    readonly size: number,
    readonly ink: Ink,
  ) {}

  get radius(): number {
    return this.size * 0.44;
  }

  /** Side of the picture of an example that is near, in pixels. */
  get side(): number {
    return Math.max(24, this.size * 0.082);
  }

  spotOf(place: Place): Spot {
    const [x, y, near] = this.turn.of(place);
    return { x: this.size / 2 + this.radius * x, y: this.size / 2 - this.radius * y, near };
  }

  /** How large a picture is at its distance. */
  scaleOf = (near: number): number => 0.72 + 0.28 * ((near + 1) / 2);

  draw({ points, colors, ends, hovered, line, omega, made, asked }: Scene): void {
    const { context, size, ink } = this;
    context.clearRect(0, 0, size, size);
    this.#ball();
    const isOver = (point: Point) => point === hovered || ends.includes(point);
    const sorted = points
      .map((point) => ({ point, spot: this.spotOf(point.place) }))
      .sort((a, b) => Number(isOver(a.point)) - Number(isOver(b.point)) || a.spot.near - b.spot.near);
    const colorOf = ({ label }: Point) => ink.classes[colors.get(label) ?? 0] ?? ink.accent;
    for (const { point, spot } of sorted) if (point.title === undefined) this.#dot(spot, colorOf(point));
    this.#way(line, omega);
    for (const { point, spot } of sorted) {
      if (point.title === undefined) continue;
      const outline = ends.includes(point) ? ink.accent : colorOf(point);
      this.#picture(spot, point.picture, point.label, outline, isOver(point));
    }
    if (asked) this.#asked(this.spotOf(asked.place), asked.picture);
    const here = line.length > 0 ? this.spotOf(placeAt(line, omega)) : undefined;
    if (here) this.#here(here, made);
    if (hovered?.title) this.#name(this.spotOf(hovered.place), hovered.title);
  }

  #ball(): void {
    const { context, size, radius, ink } = this;
    const [middle, light] = [size / 2, radius * 0.35];
    const shade = context.createRadialGradient(
      middle - light,
      middle - light,
      radius * 0.1,
      middle,
      middle,
      radius,
    );
    shade.addColorStop(0, ink.ball);
    shade.addColorStop(1, ink.rim);
    context.fillStyle = shade;
    context.beginPath();
    context.arc(middle, middle, radius, 0, 2 * Math.PI);
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = ink.line;
    for (const places of grid) {
      this.#stroke(places, (near) => (near < 0 ? 0.25 : 0.8));
    }
    context.beginPath();
    context.arc(middle, middle, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  #way(line: readonly Place[], omega: number): void {
    const { context, ink } = this;
    if (line.length === 0) return;
    context.strokeStyle = ink.accent;
    context.lineCap = 'round';
    context.lineWidth = 2;
    context.setLineDash([2, 6]);
    this.#stroke(line, (near) => (near < 0 ? 0.4 : 1));
    context.setLineDash([]);
    context.lineWidth = 3.5;
    const walked = line.filter((_, i) => i / (line.length - 1) <= omega);
    this.#stroke([...walked, placeAt(line, omega)], (near) => (near < 0 ? 0.4 : 1));
    context.lineCap = 'butt';
  }

  /** A line in pieces, each as strong as it is near. */
  #stroke(places: readonly Place[], strength: (near: number) => number): void {
    const { context } = this;
    const spots = places.map((place) => this.spotOf(place));
    for (let start = 0; start < spots.length - 1; ) {
      const isFront = spots[start]!.near >= 0;
      context.globalAlpha = strength(isFront ? 1 : -1);
      context.beginPath();
      context.moveTo(spots[start]!.x, spots[start]!.y);
      do {
        start++;
        context.lineTo(spots[start]!.x, spots[start]!.y);
      } while (start < spots.length - 1 && spots[start]!.near >= 0 === isFront);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #dot({ x, y, near }: Spot, color: string): void {
    const { context } = this;
    context.globalAlpha = near < 0 ? 0.25 : 0.8;
    context.fillStyle = color;
    context.beginPath();
    context.arc(x, y, 2 + near, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }

  #picture(
    { x, y, near }: Spot,
    picture: HTMLCanvasElement | undefined,
    label: string,
    outline: string,
    isOver: boolean,
  ): void {
    const { context, ink } = this;
    const side = this.side * this.scaleOf(near) * (isOver ? 1.15 : 1);
    context.globalAlpha = near < 0 && !isOver ? 0.35 : 1;
    if (picture) this.#framed(x, y, side, picture, outline, 2);
    else {
      this.#frame(x, y, side, outline, 2, ink.card);
      context.fillStyle = ink.ink;
      context.font = `600 ${side / 2}px system-ui, sans-serif`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText([...label][0] ?? '', x, y);
    }
    context.globalAlpha = 1;
  }

  #asked({ x, y, near }: Spot, picture: HTMLCanvasElement): void {
    const { context, ink } = this;
    const side = this.side * this.scaleOf(near) * 1.25;
    this.#framed(x, y, side, picture, ink.ink, 2);
    context.fillStyle = ink.ink;
    context.beginPath();
    context.arc(x + side / 2, y - side / 2, 8, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = ink.card;
    context.font = '700 11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText('?', x + side / 2, y - side / 2 + 0.5);
  }

  /** The place on the way, with what is drawn there beside it. */
  #here({ x, y }: Spot, made: HTMLCanvasElement | undefined): void {
    const { context, size, side: small, ink } = this;
    if (made) {
      const side = small * 2;
      const away = side / 2 + 16;
      const above = y - away - side / 2 > 2;
      const top = above ? y - away : y + away;
      const left = Math.max(side / 2 + 3, Math.min(size - side / 2 - 3, x));
      context.strokeStyle = ink.accent;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(left, top);
      context.stroke();
      this.#framed(left, top, side, made, ink.accent, 3);
    }
    context.fillStyle = ink.card;
    context.strokeStyle = ink.accent;
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x, y, 5.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  #name({ x, y, near }: Spot, name: string): void {
    const { context, size, ink } = this;
    context.font = '13px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const half = context.measureText(name).width / 2 + 8;
    const middle = Math.max(half + 2, Math.min(size - half - 2, x));
    const top = y + (this.side * this.scaleOf(near)) / 2 + 18;
    context.fillStyle = ink.ink;
    context.beginPath();
    context.roundRect(middle - half, top - 12, 2 * half, 24, 6);
    context.fill();
    context.fillStyle = ink.card;
    context.fillText(name, middle, top + 0.5);
  }

  #framed(
    x: number,
    y: number,
    side: number,
    picture: HTMLCanvasElement,
    color: string,
    width: number,
  ): void {
    const { context } = this;
    this.#frame(x, y, side, color, width, '#000');
    context.save();
    context.clip();
    context.imageSmoothingEnabled = picture.width > side;
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, x - side / 2, y - side / 2, side, side);
    context.restore();
    context.stroke();
  }

  #frame(x: number, y: number, side: number, color: string, width: number, fill: string): void {
    const { context } = this;
    context.beginPath();
    context.roundRect(x - side / 2, y - side / 2, side, side, side / 7);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
}

/** The place at a share of a line of equal steps. */
export function placeAt(line: readonly Place[], omega: number): Place {
  const at = omega * (line.length - 1);
  const [from, to] = [line[Math.floor(at)]!, line[Math.ceil(at)]!];
  const share = at - Math.floor(at);
  const [x, y, z] = from.map((value, i) => value + share * (to[i]! - value)) as unknown as Place;
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

function meridians(): Place[][] {
  return Array.from({ length: 6 }, (_, i) => {
    const around = (i * Math.PI) / 6;
    return circle((angle) => [
      Math.cos(angle) * Math.cos(around),
      Math.sin(angle),
      Math.cos(angle) * Math.sin(around),
    ]);
  });
}

function parallels(): Place[][] {
  return [-60, -30, 0, 30, 60].map((degrees) => {
    const height = (degrees * Math.PI) / 180;
    return circle((angle) => [
      Math.cos(height) * Math.cos(angle),
      Math.sin(height),
      Math.cos(height) * Math.sin(angle),
    ]);
  });
}

function circle(place: (angle: number) => Place): Place[] {
  return Array.from({ length: 65 }, (_, i) => place((i * Math.PI) / 32));
}
