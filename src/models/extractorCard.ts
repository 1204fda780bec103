import * as v from 'valibot';

/** Version of the files of extractors that this release reads and writes. */
export const EXTRACTOR_SCHEMA = 'fewshot.extractor/1';

/** Largest side of pictures that a file may ask for, in pixels. */
const MOST_SIDE = 1024;

const side = v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(MOST_SIDE));

/** Schema of an extractor's card. */
export const extractorCardSchema = v.pipe(
  v.strictObject({
    /** Name under which it is known: `photos`. */
    name: v.string(),
    /** The net whose weights the file holds; absent in the file of a head alone. */
    network: v.exactOptional(v.literal('efficientnet-lite0')),
    /** Sides of the square pictures that the net takes, in pixels, the usual first; it sees `(255 · pixel − mean) / scale`. */
    input: v.exactOptional(
      v.pipe(
        v.strictObject({
          side,
          least: side,
          most: side,
          mean: v.pipe(v.number(), v.finite()),
          scale: v.pipe(v.number(), v.finite(), v.gtValue(0)),
        }),
        v.check(({ side, least, most }) => least <= side && side <= most, 'the side is not in its range'),
      ),
    ),
    /** Name, digest and side of pictures of the extractor whose features a head takes; absent where the file holds a net. */
    features: v.exactOptional(
      v.strictObject({ name: v.string(), sha256: v.string(), side: v.exactOptional(side) }),
    ),
    /** What it has seen: the data by name, and its classes or their number. */
    data: v.strictObject({
      name: v.string(),
      images: v.number(),
      classes: v.union([v.number(), v.array(v.union([v.string(), v.number()]))]),
    }),
    /** Where its weights come from; absent where the command made them. */
    source: v.exactOptional(
      v.strictObject({ package: v.string(), version: v.string(), file: v.string(), sha256: v.string() }),
    ),
    license: v.string(),
    /** Text that the license asks to pass on; absent where it asks for none. */
    notice: v.exactOptional(v.string()),
    /** The command that makes this file again. */
    command: v.string(),
    /** Options of the training of a head; absent where there was none. */
    training: v.exactOptional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
    /** Codes of each class in the file, at most; absent where it holds none. */
    base: v.exactOptional(v.number()),
    /** What was measured; each name says on what. */
    scores: v.record(v.string(), v.number()),
    versions: v.record(v.string(), v.string()),
  }),
  v.check(
    ({ network, features }) => (network === undefined) !== (features === undefined),
    'either `network` or `features` is needed',
  ),
  v.check(
    ({ network, input }) => (network === undefined) === (input === undefined),
    '`network` and `input` belong together',
  ),
);

/** What an extractor is and how it came to be: the machine-readable part of its card. */
export type ExtractorCard = v.InferOutput<typeof extractorCardSchema>;
