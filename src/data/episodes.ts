import { checkCount, checkSeed } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkClasses, checkSetParts, type ImageSet, type Label } from '../core/image.js';
import { checkArray, checkFields, checkFlag, optional, whole } from '../core/kindChecks.js';
import { type RandomStream, randomStream } from '../core/random.js';
import { assertKnownClasses, checkSource, type ImageSource } from './imageSource.js';

export interface EpisodeOptions {
  /** Number of classes. Default: all of `among`. */
  readonly ways?: number;
  /** Labeled images per class in the support set. */
  readonly shots: number;
  /** Query images per class, or `all` images of the episode's classes that the query source has. Default: `all`. */
  readonly queries?: number | 'all';
  /** Take all queries of a class that has fewer of them. Default: it is an error. */
  readonly fewerQueries?: boolean;
  readonly seed: number;
  /** Number of this episode among those of the seed. */
  readonly episode: number;
  /** The classes that may appear, for example the novel ones. Default: all classes of the support source. */
  readonly among?: readonly Label[];
}

/** Labels of what episodes are drawn from: of images, or of their codes. */
export type LabeledSource = Pick<ImageSource, 'labels' | 'classes'>;

/** Sources of the two sets. If both are the same object, no image is in both sets of an episode. */
export interface EpisodeSources<Source extends LabeledSource = ImageSource> {
  readonly support: Source;
  readonly query: Source;
  /**
   * Number of the group of each image, where both sources are the same: images of one group, such as frames of a burst, are
   * never in both sets of an episode. Default: each is alone.
   */
  readonly groups?: ArrayLike<number>;
}

/** Indices of an episode's images. */
export interface DrawnEpisode extends Pick<Episode, 'classes' | 'supportIndices' | 'queryIndices'> {
  /** For each class, indices of images that could have been supports too, in random order. */
  readonly spareIndices: readonly Int32Array[];
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
 * support set comes from, or that source has groups.
 *
 * @throws UsageError when there are too few classes or images
 */
export function sampleEpisode(sources: EpisodeSources, options: EpisodeOptions): Episode {
  checkFields('sampleEpisode', sources, { support: checkSource, query: checkSource });
  const { classes, supportIndices, queryIndices } = drawEpisode(sources, options);
  return {
    support: relabel(sources.support.images(supportIndices), classes),
    query: relabel(sources.query.images(queryIndices), classes),
    ...{ classes, supportIndices, queryIndices },
  };
}

/**
 * The episode of all images that some classes have in two sources. Each class has as many supports.
 *
 * @throws UsageError for a class that has fewer supports than the first
 */
export function wholeEpisode(
  { support, query }: Pick<EpisodeSources, 'support' | 'query'>,
  among: readonly Label[],
): Episode {
  const classes = support.classes.filter((label) => among.includes(label));
  const supports = classes.map((label) => indicesOf(support, label));
  const shots = supports[0]?.length ?? 0;
  for (const [c, { length }] of supports.entries())
    assertEnough('shots', shots, length, classes[c]!, 'support');
  const supportIndices = shotByShot(supports, shots);
  const queryIndices = Int32Array.from(classes.flatMap((label) => [...indicesOf(query, label)]));
  return {
    support: relabel(support.images(supportIndices), classes),
    query: relabel(query.images(queryIndices), classes),
    ...{ classes, supportIndices, queryIndices },
  };
}

/** One image of each class, then a second of each, and so on. */
function shotByShot(supports: readonly Int32Array[], shots: number): Int32Array {
  const ways = supports.length;
  return Int32Array.from({ length: ways * shots }, (_, i) => supports[i % ways]![Math.floor(i / ways)]!);
}

/** The indices of an episode; see {@link sampleEpisode}. */
export function drawEpisode(sources: EpisodeSources<LabeledSource>, options: EpisodeOptions): DrawnEpisode {
  const {
    shots,
    seed,
    episode,
    queries = 'all',
    fewerQueries = false,
  } = checkFields('sampleEpisode', options, {
    seed: checkSeed,
    episode: whole(0),
    among: optional(checkClasses),
    fewerQueries: optional(checkFlag),
  });
  const { support, query, groups } = checkFields('sampleEpisode', sources, { groups: optional(checkArray) });
  const known = support.classes;
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
  const shared = support === query;
  if (groups !== undefined && !(shared && groups.length === support.labels.length)) {
    throw new UsageError('sampleEpisode: groups are not of the images that both sets are drawn from', {
      hint: 'Give a number for each image, and one source for both sets.',
    });
  }

  const drawn = randomStream(seed, 'episode', episode, 'classes').sample(among.length, ways);
  const chosen = new Set(Array.from(drawn, (i) => among[i]!));
  const classes = known.filter((label) => chosen.has(label));
  const stream = (set: string, label: Label): RandomStream =>
    randomStream(seed, 'episode', episode, set, typeof label, label);
  const orders = classes.map((label) => {
    const own = indicesOf(support, label);
    assertEnough('shots', shots, own.length, label, 'support');
    return stream('support', label)
      .permutation(own.length)
      .map((i) => own[i]!);
  });
  const supports =
    groups === undefined
      ? orders.map((order) => order.subarray(0, shots))
      : supportsApart(orders, shots, groups, classes);
  const learned = new Set(supports.flatMap((indices) => [...indices]));
  const learnedGroups = groups && new Set(Array.from(learned, (i) => groups[i]!));
  const asked = classes.map((label, c) => {
    const rest = shared
      ? orders[c]!.filter((i) => !(learned.has(i) || learnedGroups?.has(groups![i]!))).reverse()
      : indicesOf(query, label);
    const wanted = queries === 'all' || (fewerQueries && queries > rest.length) ? rest.length : queries;
    assertEnough('queries', Math.max(1, wanted), rest.length, label, 'query');
    if (queries === 'all') return rest.sort();
    if (shared) return rest.subarray(0, wanted);
    const drawn = stream('query', label).sample(rest.length, wanted);
    return drawn.map((i) => rest[i]!);
  });

  const supportIndices = shotByShot(supports, shots);
  const queryIndices = Int32Array.from(asked.flatMap((indices) => [...indices]));
  const tested = new Set(shared ? queryIndices : []);
  const testedGroups = groups && new Set(Array.from(tested, (i) => groups[i]!));
  const spareIndices = orders.map((order) =>
    order.filter((i) => !(learned.has(i) || tested.has(i) || testedGroups?.has(groups![i]!))),
  );
  return { classes, supportIndices, queryIndices, spareIndices };
}

/**
 * Takes supports of each class in the order of its images, but leaves every class of the episode a group to be asked about.
 * Where the order does not allow as many as are wanted, a class takes them from its largest groups.
 */
function supportsApart(
  orders: readonly Int32Array[],
  shots: number,
  groups: ArrayLike<number>,
  classes: readonly Label[],
): Int32Array[] {
  const open = orders.map((order) => new Set(Array.from(order, (i) => groups[i]!)));
  const learned = new Set<number>();
  const take = (order: Int32Array): Int32Array | undefined => {
    const taken: number[] = [];
    const closed: { readonly group: number; readonly of: readonly Set<number>[] }[] = [];
    for (const index of order) {
      if (taken.length === shots) break;
      const group = groups[index]!;
      if (!learned.has(group)) {
        const of = open.filter((own) => own.has(group));
        if (of.some((own) => own.size === 1)) continue;
        for (const own of of) own.delete(group);
        learned.add(group);
        closed.push({ group, of });
      }
      taken.push(index);
    }
    if (taken.length === shots) return Int32Array.from(taken);
    for (const { group, of } of closed) {
      learned.delete(group);
      for (const own of of) own.add(group);
    }
    return undefined;
  };
  return orders.map((order, c) => {
    const sizes = new Map<number, number>();
    for (const index of order) sizes.set(groups[index]!, (sizes.get(groups[index]!) ?? 0) + 1);
    const bySize = () => order.slice().sort((a, b) => sizes.get(groups[b]!)! - sizes.get(groups[a]!)!);
    const found = take(order) ?? take(bySize());
    if (found !== undefined) return found;
    const most = order.length - Math.min(...sizes.values());
    assertEnough('shots', shots, Math.min(most, shots - 1), classes[c]!, 'support');
    return order;
  });
}

function indicesOf(source: LabeledSource, label: Label): Int32Array {
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
