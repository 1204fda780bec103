import { type Background, lumaOf } from '../../core/background.js';
import type { Pixels } from '../../data/decode/pixels.js';

/** What surrounds the motifs of pictures: numbers of pictures. */
export interface Surroundings {
  /** Pictures with transparency whose visible pixels are dark, and others. */
  readonly clear: { readonly dark: number; readonly light: number };
  /** Pictures without, by their outermost pixels: nearly white, nearly black, or neither. */
  readonly border: { readonly light: number; readonly dark: number; readonly other: number };
  /** Pictures that are not square, so that bars make them so. */
  readonly oblong: number;
  readonly colored: number;
}

/** A background, and the reason for it. */
export interface ChosenBackground {
  readonly background: Background;
  readonly why: string;
}

/** Luma of nearly white and nearly black pixels, and the share of a picture's outermost ones that must be so. */
const [WHITE, BLACK, MOST_OF_BORDER] = [0.85, 0.15, 0.75];
/** Share of pictures that decides. */
const MOST = 0.6;

/** Counts what surrounds the motifs of pictures, one after another. */
export function countSurroundings() {
  const clear = { dark: 0, light: 0 };
  const border = { light: 0, dark: 0, other: 0 };
  const sums = { oblong: 0, colored: 0 };
  return {
    add(picture: Pixels): void {
      const [height, width, channels] = picture.shape;
      if (height !== width) sums.oblong++;
      if (channels === 3) sums.colored++;
      if (picture.alpha === undefined || picture.alpha.clear === 0) border[borderOf(picture)]++;
      else clear[picture.alpha.luma < 0.5 ? 'dark' : 'light']++;
    },
    counts: (): Surroundings => ({ clear, border, ...sums }),
  };
}

function borderOf({ pixels, shape: [height, width, channels] }: Pixels): keyof Surroundings['border'] {
  let [light, dark, all] = [0, 0, 0];
  const look = (y: number, x: number): void => {
    const at = (y * width + x) * channels;
    const luma = channels === 1 ? pixels[at]! : lumaOf([pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]);
    if (luma >= WHITE) light++;
    if (luma <= BLACK) dark++;
    all++;
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) look(y, x);
  for (let y = 1; y < height - 1; y++) for (const x of [0, width - 1]) look(y, x);
  if (light >= MOST_OF_BORDER * all) return 'light';
  return dark >= MOST_OF_BORDER * all ? 'dark' : 'other';
}

/**
 * Chooses the background that continues most pictures, and over which nothing vanishes: white for ink on transparency or
 * paper, black for what is light on it or on black, else the outermost pixels of each for photos and what gets bars.
 */
export function chooseBackground({ clear, border, oblong, colored }: Surroundings): ChosenBackground {
  const all = clear.dark + clear.light + border.light + border.dark + border.other;
  const of = (count: number) => `${count} of ${all}`;
  const [white, black] = [clear.dark + border.light, clear.light + border.dark];
  const plain = (background: 'white' | 'black', [tone, drawn, around]: [string, number, number]) => ({
    background,
    why:
      drawn > around
        ? `${of(drawn)} pictures are ${tone} on transparency`
        : `${of(around)} pictures have a nearly ${background} border`,
  });
  if (white >= MOST * all && clear.light === 0) return plain('white', ['dark', clear.dark, border.light]);
  if (black >= MOST * all && clear.dark === 0) return plain('black', ['light', clear.light, border.dark]);
  const transparent = clear.dark + clear.light;
  if (transparent > 0) {
    return {
      background: 'edge',
      why: `${of(transparent)} pictures have transparency, and no one color fits all`,
    };
  }
  if (oblong > all / 2) return { background: 'edge', why: `${of(oblong)} pictures are not square` };
  if (border.other > all / 2 && colored > all / 2) {
    return {
      background: 'edge',
      why: `${of(border.other)} pictures go on beyond their border, as photos do`,
    };
  }
  return { background: 'black', why: 'no other fits most pictures' };
}
