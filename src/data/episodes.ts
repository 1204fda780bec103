import { checkCount, checkSeed } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkClasses, checkSetParts, type ImageSet, type Label } from '../core/image.js';
import { checkFields, optional, whole } from '../core/kindChecks.js';
import { type RandomStream, randomStream } from '../core/random.js';
import { assertKnownClasses, checkSource, type ImageSource } from './imageSource.js';

export interface EpisodeOptions {
  /** Number of classes. Default: all of `among`. */
  readonly ways?: number;
  /** Labeled images per class in the support set. */
  readonly shots: number;
  /** Query images per class, or `all` images of the episode's classes that the query source has. Default: `all`. */
  readonly queries?: number | 'all';
  readonly seed: number;
  /** Number of this episode among those of the seed. */
  readonly episode: number;
  /** The classes that may appear, for example the novel ones. Default: all classes of the support source. */
  readonly among?: readonly Label[];
}

/** Sources of the two sets. If both are the same object, no image is in both sets of an episode. */
export interface EpisodeSources {
  readonly support: ImageSource;
  readonly query: ImageSource;
}

/** One few-shot problem: learn the classes from the support set, be scored on the query set. */
export interface Episode {
  /**
   * `ways · shots` images, shot by shot: first one image of every class, then a second of every class, and so on.
   * The support of fewer shots is therefore a prefix of the support of more.
   */
  readonly support: ImageSet;
  readonly query: ImageSet;
  /** The episode's classes in the order of the source; labels of both sets are indices into them. */
  readonly classes: readonly Label[];
  /** Index of each support image in its source. */
  readonly supportIndices: Int32Array;
  /** Index of each query image in its source. */
  readonly queryIndices: Int32Array;
}

/**
 * Draws an episode. It depends on the sources, the seed and the episode's number alone, so every arm of a comparison sees
 * the same images. Queries do not depend on the number of shots, unless they are `all` images of the source that the
 * support set comes from.
 *
 * @throws UsageError when there are too few classes or images
 */
export function sampleEpisode(sources: EpisodeSources, options: EpisodeOptions): Episode {
  const {
    shots,
    seed,
    episode,
    queries = 'all',
  } = checkFields('sampleEpisode', options, {
    seed: checkSeed,
    episode: whole(0),
    among: optional(checkClasses),
  });
  checkFields('sampleEpisode', sources, { support: checkSource, query: checkSource });
  const known = sources.support.classes;
  const among = options.among ?? known;
  const ways = options.ways ?? among.length;
  checkCount('ways', ways, { least: 2 });
  checkCount('shots', shots);
  if (queries !== 'all') checkCount('queries', queries);
  assertKnownClasses(among, known);
  if (ways > among.length) {
    throw new UsageError(`${ways} ways are asked for, but there are ${among.length} classes to draw from`, {
      hint: `Ask for at most ${among.length} ways.`,
      option: 'ways',
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
    assertEnough('shots', shots, own.length, label, 'support');
    const order = stream('support')
      .permutation(own.length)
      .map((i) => own[i]!);
    supports.push(order.subarray(0, shots));
    const rest = shared ? order.subarray(shots).reverse() : indicesOf(sources.query, label);
    assertEnough('queries', queries === 'all' ? 1 : queries, rest.length, label, 'query');
    if (queries === 'all') asked.push(rest.sort());
    else if (shared) asked.push(rest.subarray(0, queries));
    else {
      const drawn = stream('query').sample(rest.length, queries);
      asked.push(drawn.map((i) => rest[i]!));
    }
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
  checkSetParts('what a source gives', set);
  return { ...set, classes, labels: set.labels.map((label) => classes.indexOf(set.classes[label]!)) };
}

function assertEnough(
  name: 'shots' | 'queries',
  wanted: number,
  available: number,
  label: Label,
  set: string,
): void {
  if (wanted > available) {
    throw new UsageError(
      `${wanted} ${name} are asked for, but class ${String(label)} has ${available} images for the ${set} set`,
      { hint: `Ask for at most ${available} ${name}, or provide more images of that class.`, option: name },
    );
  }
}
