import type { Pixels } from '../pixels.js';
import { distanceOf, type PictureHash, pictureHash, quartersOf } from './pictureHash.js';

const MOST_BITS = 3;
/** Most pictures that are looked at beside one, the likest first: where all are alike, more would take long and tell little. */
const MOST_NEAR = 4;
const QUARTERS = 4;
const SHELVES = 2 ** 16;

/** Finds, for pictures of one group, those of another that may be the same. */
export interface NearPictures {
  add(place: number, picture: Pixels, group: 'known' | 'asked'): void;
  /** Each picture that was asked about and has some near it, with those. */
  pairs(): Generator<readonly [asked: number, known: readonly number[]], void, undefined>;
}

/** Room for `count` pictures, numbered from 0, of which each takes up to 28 bytes. */
export function nearPictures(count: number): NearPictures {
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  const groups = { known: new Uint32Array(count), asked: new Uint32Array(count) };
  const lengths = { known: 0, asked: 0 };
  const hashOf = (place: number): PictureHash => ({ high: high[place]!, low: low[place]! });

  return {
    add(place, picture, group) {
      const hash = pictureHash(picture);
      high[place] = hash.high;
      low[place] = hash.low;
      groups[group][lengths[group]++] = place;
    },
    *pairs() {
      const known = groups.known.subarray(0, lengths.known);
      const shelves = Array.from({ length: QUARTERS }, (_, quarter) =>
        shelvesOf(known, (place) => quartersOf(hashOf(place))[quarter]!),
      );
      for (const asked of groups.asked.subarray(0, lengths.asked)) {
        const hash = hashOf(asked);
        const keys = quartersOf(hash);
        const near: number[][] = Array.from({ length: MOST_BITS + 1 }, () => []);
        for (const [quarter, { starts, places }] of shelves.entries()) {
          const key = keys[quarter]!;
          for (let i = starts[key]!; i < starts[key + 1]! && near[0]!.length < MOST_NEAR; i++) {
            const other = hashOf(places[i]!);
            const own = near[distanceOf(hash, other)];
            if (own === undefined || own.length === MOST_NEAR) continue;
            // A pair that shares several quarters lies on a shelf of each.
            if (quartersOf(other).findIndex((value, place) => value === keys[place]) === quarter)
              own.push(places[i]!);
          }
        }
        const found = near.flat().slice(0, MOST_NEAR);
        if (found.length > 0) yield [asked, found];
      }
    },
  };
}

/** Places sorted by a key of 16 bits: those of `key` are from `starts[key]` to before `starts[key + 1]`. */
function shelvesOf(all: Uint32Array, keyOf: (place: number) => number) {
  const starts = new Uint32Array(SHELVES + 1);
  for (const place of all) starts[keyOf(place) + 1]!++;
  for (let key = 0; key < SHELVES; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const places = new Uint32Array(all.length);
  for (const place of all) places[next[keyOf(place)]!++] = place;
  return { starts, places };
}
