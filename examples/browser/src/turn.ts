import type { Place } from './protocol.js';

/** Farthest that the sphere is tilted, in radians. */
const STEEPEST = 1.4;
/** How far below the middle places come to lie, in radians: what is drawn of them is above. */
const LOW = 0.15;

/** How the sphere is turned: about its own axis, and then toward the eye. Angles are in radians. */
export class Turn {
  #around = -0.35;
  #tilt = 0.25;

  /** A bit of the way to where a place is before the eye, a little below the middle. */
  toward([x, y, z]: Place, share: number): void {
    const around = Math.atan2(-x, z) - this.#around;
    const shortest = Math.atan2(Math.sin(around), Math.cos(around));
    this.by(share * shortest, share * (Math.atan2(y, Math.hypot(x, z)) + LOW - this.#tilt));
  }

  by(around: number, tilt: number): void {
    this.#around += around;
    this.#tilt = Math.max(-STEEPEST, Math.min(STEEPEST, this.#tilt + tilt));
  }

  /** Where a place comes to lie. */
  of([x, y, z]: Place): Place {
    const [sin, cos] = [Math.sin(this.#around), Math.cos(this.#around)];
    const [right, front] = [cos * x + sin * z, cos * z - sin * x];
    const [rise, fall] = [Math.sin(this.#tilt), Math.cos(this.#tilt)];
    return [right, fall * y - rise * front, rise * y + fall * front];
  }
}
