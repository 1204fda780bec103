import { checkCount } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import type { ImageSet, Label } from '../core/image.js';
import { type RandomStream, randomStream } from '../core/random.js';
import type { ImageSource } from './imageSource.js';

export interface EpisodeOptions {
  /** Number of classes. Default: all of `among`. */
  readonly ways?: number;
  /** Labelled images per class in the support set. */
  readonly shots: number;
  /** Query images per class, or `all` that the query source holds of the episode's classes. Default: `all`. */
  readonly queries?: number | 'all';
  readonly seed: number;
  /** Number of this episode among those of the seed. */
  readonly episode: number;
  /** The classes that may appear, for example the novel ones. Default: all classes of the support source. */
  readonly among?: readonly Label[];
}

/** Where images come from. When both are the same object, no image is in both sets of an episode. */
export interface EpisodeSources {
  readonly support: ImageSource;
  readonly query: ImageSource;
}

/** One few-shot problem: learn the classes from `support`, be judged on `query`. */
export interface Episode {
  /**
   * `ways · shots` images, shot by shot: first one image of every class, then a second of every class, and so on.
   * The support of fewer shots is therefore a prefix of the support of more.
   */
  readonly support: ImageSet;
  readonly query: ImageSet;
  /** The episode's classes in the order of the source; labels of both sets are indices into them. */
  readonly classes: readonly Label[];
  /** Place of each support image in its source. */
  readonly supportIndices: Int32Array;
  /** Place of each query image in its source. */
  readonly queryIndices: Int32Array;
}

/**
 * Draws an episode. It depends on nothing but the sources, the seed and the episode's number, so every arm of a
 * comparison sees the same images; queries do not depend on the number of shots unless they are `all` of the
 * source that the supports come from.
 *
 * @throws UsageError when there are too few classes or images for what is asked.
 */
export function sampleEpisode(sources: EpisodeSources, options: EpisodeOptions): Episode {
  const { shots, seed, episode, queries = 'all' } = options;
  const known = sources.support.classes;
  const among = options.among ?? known;
  const ways = options.ways ?? among.length;
  checkCount('ways', ways, { least: 2 });
  checkCount('shots', shots);
  if (queries !== 'all') checkCount('queries', queries);
  assertKnown(among, known);
  if (ways > among.length) {
    throw new UsageError(`${ways} ways are asked for, but there are ${among.length} classes to draw from`, {
      hint: `Ask for at most ${among.length} ways.`,
    });
  }

  const drawn = randomStream(seed, 'episode', episode, 'classes').sample(among.length, ways);
  const chosen = new Set(Array.from(drawn, (i) => among[i]!));
  const classes = known.filter((label) => chosen.has(label));
  const shared = sources.support === sources.query;
  const supports: Int32Array[] = [];
  const asked: Int32Array[] = [];
  for (const label of classes) {
    const stream = (set: string): RandomStream =>
      randomStream(seed, 'episode', episode, set, typeof label, label);
    const own = indicesOf(sources.support, label);
    assertEnough(`shots`, shots, own.length, label, 'support');
    const order = stream('support')
      .permutation(own.length)
      .map((i) => own[i]!);
    supports.push(order.subarray(0, shots));
    const rest = shared ? order.subarray(shots).reverse() : indicesOf(sources.query, label);
    assertEnough('queries', queries === 'all' ? 1 : queries, rest.length, label, 'query');
    if (queries === 'all') asked.push(rest.sort());
    else if (shared) asked.push(rest.subarray(0, queries));
    else
      asked.push(
        stream('query')
          .sample(rest.length, queries)
          .map((i) => rest[i]!),
      );
  }

  const supportIndices = Int32Array.from(
    { length: ways * shots },
    (_, i) => supports[i % ways]![Math.floor(i / ways)]!,
  );
  const queryIndices = Int32Array.from(asked.flatMap((indices) => [...indices]));
  return {
    support: relabel(sources.support.images(supportIndices), classes),
    query: relabel(sources.query.images(queryIndices), classes),
    classes,
    supportIndices,
    queryIndices,
  };
}

function indicesOf(source: ImageSource, label: Label): Int32Array {
  const index = source.classes.indexOf(label);
  const found: number[] = [];
  for (let i = 0; i < source.labels.length; i++) if (source.labels[i] === index) found.push(i);
  return Int32Array.from(found);
}

function relabel(set: ImageSet, classes: readonly Label[]): ImageSet {
  return { ...set, classes, labels: set.labels.map((label) => classes.indexOf(set.classes[label]!)) };
}

function assertKnown(among: readonly Label[], known: readonly Label[]): void {
  const unknown = among.find((label) => !known.includes(label));
  if (unknown !== undefined) {
    throw new UsageError(`there is no class ${String(unknown)}`, {
      hint: `Known classes: ${known.join(', ')}.`,
    });
  }
}

function assertEnough(name: string, wanted: number, available: number, label: Label, set: string): void {
  if (wanted > available) {
    throw new UsageError(
      `${wanted} ${name} are asked for, but class ${String(label)} has ${available} images for the ${set} set`,
      { hint: `Ask for at most ${available} ${name}, or provide more images of that class.` },
    );
  }
}
