import { UsageError } from '../../core/errors.js';
import { select } from '../../core/image.js';
import { characterBatch } from '../../data/characters/characterBatch.js';
import type { FontAlphabet } from '../../data/characters/fontAlphabet.js';
import { type ImageSource, setSource } from '../../data/imageSource.js';
import type { BatchSource } from '../../training/batches.js';

/** Height and width of the drawings, in pixels. */
const SIDE = 40;
/** The fit that frames drawings as these are. */
export const CHARACTER_FIT = 'strokes';
/** Alphabets of a batch, and drawers of each. */
const [ALPHABETS, DRAWERS] = [2, 4];
/** Every so many drawings have a twin, which the decoder learns from. */
const TWINS = 4;
/** Batches of an epoch. */
const BATCHES = 100;
/** How careless the drawers are: less than usual, so that what tells characters apart is learned first. */
const CARELESSNESS = 0.7;
/** Alphabets, characters of each, and drawings of each character, that scores and base codes are of. */
const HELD_OUT = { alphabets: 5, characters: 16, train: 24, test: 8 };

/** Classes of the held-out characters. */
export const heldOutClasses: readonly string[] = Array.from(
  { length: HELD_OUT.alphabets * HELD_OUT.characters },
  (_, i) => `alphabet ${Math.floor(i / HELD_OUT.characters)} character ${i % HELD_OUT.characters}`,
);

/** What the batches depend on. */
export interface CharacterTraining {
  readonly batchSize: number;
  readonly seed: number;
  /** Alphabets of fonts, from which most alphabets take their characters. Default: all are invented. */
  readonly fonts?: readonly FontAlphabet[];
}

/**
 * Batches of characters, each new: two alphabets by four drawers each.
 *
 * @throws UsageError for a batch that cannot be parted into them
 */
export function characterBatches({ batchSize, seed, fonts = [] }: CharacterTraining): BatchSource {
  const characters = batchSize / (ALPHABETS * DRAWERS);
  if (!Number.isInteger(characters) || characters < 2) {
    throw new UsageError(
      `a batch of ${batchSize} cannot be parted into ${ALPHABETS} alphabets by ${DRAWERS} drawers each`,
      {
        hint: `Choose a multiple of ${ALPHABETS * DRAWERS} from ${2 * ALPHABETS * DRAWERS} on.`,
        option: 'batchSize',
      },
    );
  }
  return {
    batches: BATCHES,
    batch: (index, epoch) =>
      characterBatch({
        ...{ alphabets: ALPHABETS, characters, drawers: DRAWERS, side: SIDE, seed },
        ...{ carelessness: CARELESSNESS, fonts, twins: TWINS },
        batch: epoch * BATCHES + index,
      }),
  };
}

/** Drawings of characters by which an encoder is scored. The same seed gives the same. */
export function heldOutCharacters(seed: number): { readonly train: ImageSource; readonly test: ImageSource } {
  const { alphabets, characters, train, test } = HELD_OUT;
  const drawers = train + test;
  const { hands: _, ...drawn } = characterBatch({
    ...{ alphabets, characters, drawers, side: SIDE, seed },
    carelessness: CARELESSNESS,
  });
  const part = (from: number, to: number): ImageSource => {
    const chosen = [...drawn.labels.keys()].filter((i) => i % drawers >= from && i % drawers < to);
    return setSource(select(drawn, chosen));
  };
  return { train: part(0, train), test: part(train, drawers) };
}
