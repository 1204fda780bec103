import { UsageError } from '../../core/errors.js';
import { type Label, labelText } from '../../core/image.js';
import { compareNames } from '../../core/names.js';
import type { EpisodeSources, LabeledSource } from '../../data/episodes.js';
import type { FeatureExtractor } from '../../models/extractor.js';
import type { EmbeddedImages } from '../../node/images/embedCatalog.js';
import type { Findings } from '../../node/images/findings.js';
import { type ClassSizes, classesWithEnough, shotsFor, sizesOf } from '../data.js';
import { waysBesideUnknown } from '../openSet.js';
import { type CodeEvaluationSettings, type CodeProtocolName, defaultSettings } from '../settings.js';

/** Images that can be drawn for one side of an episode. */
export interface CodeSource extends LabeledSource {
  /** Index of each among all embedded images. */
  readonly indices: Int32Array;
}

/** Sources of episodes, and the settings that were chosen by them. */
export interface CodeSources extends EpisodeSources<CodeSource> {
  readonly among: readonly Label[];
  readonly ways: number;
  readonly shots: number;
  readonly findings: Findings;
}

/**
 * Sources of episodes: images of the splits that the data name; where they name no test images, all images on both sides, apart
 * by their groups.
 *
 * @throws UsageError when the protocol forbids the model, the split is not there, or fewer than two classes have enough images
 */
export function codeSources(
  { images, groups, split: parts, whole, findings, name }: EmbeddedImages,
  extractor: FeatureExtractor,
  settings: Pick<CodeEvaluationSettings, 'data' | 'split' | 'protocol' | 'ways' | 'shots' | 'unknown'>,
): CodeSources {
  const { data, split = 'test', protocol = 'novel', unknown = false } = settings;
  const queries = split === 'test' ? parts.test : parts.validation;
  if (queries.length === 0) {
    throw new UsageError(`${data} names no validation images`, {
      hint: 'Put some into a folder val beside train and test, or choose the split test.',
      option: 'split',
    });
  }
  const all = [...parts.train, ...parts.validation, ...parts.test].map((index) => images[index]!.label);
  const classes = [...new Set(all)].sort(compareNames);
  const sourceOf = (indices: Int32Array): CodeSource => ({
    ...{ indices, classes },
    labels: indices.map((index) => classes.indexOf(images[index]!.label)),
  });
  const support = sourceOf(parts.train);
  const query = whole ? support : sourceOf(queries);
  const own = Int32Array.from(parts.train, (index) => groups[index]!);
  const allowed = allowedClasses(extractor, { name, classes }, protocol);
  const sizes = (whole ? spareSizes(support, own) : splitSizes(support, query)).filter(({ label }) =>
    allowed.includes(label),
  );
  const { shots = shotsFor(sizes.map(({ learned }) => learned)) } = settings;
  const { among, leftOut } = classesWithEnough(sizes, { data, shots });
  const { ways = unknown ? waysBesideUnknown(among.length) : among.length } = settings;
  const fewer = settings.shots === undefined && shots < defaultSettings.shots;
  return {
    ...{ support, query, among, shots },
    ...(whole ? { groups: own } : {}),
    ways: leftOut.length > 0 || findings.leftOut.length > 0 ? Math.min(ways, among.length) : ways,
    findings: {
      ...findings,
      notes: [
        ...findings.notes,
        ...(fewer
          ? [
              `Each class learns from ${shots === 1 ? 'one image' : `${shots} images`} (shots), as the smallest can spare no more.`,
            ]
          : []),
      ],
      leftOut: [...findings.leftOut, ...leftOut],
    },
  };
}

/** For each class the images that it can spare to be learned from: all but those of its smallest group. */
function spareSizes(source: LabeledSource, groups: Int32Array): ClassSizes[] {
  return source.classes.map((label, own) => {
    const counts = new Map<number, number>();
    for (const [i, group] of groups.entries()) {
      if (source.labels[i] === own) counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const sizes = [...counts.values()];
    return { label, learned: sizes.reduce((sum, size) => sum + size, 0) - Math.min(...sizes) };
  });
}

function splitSizes(support: LabeledSource, query: LabeledSource): ClassSizes[] {
  const [learned, tested] = [sizesOf(support), sizesOf(query)];
  return support.classes.map((label, i) => ({ label, learned: learned[i]!, tested: tested[i]! }));
}

/** The classes that a protocol allows. Throws a `UsageError` for fewer than two. */
function allowedClasses(
  { name: model, seen }: FeatureExtractor,
  { name, classes }: { readonly name: string; readonly classes: readonly Label[] },
  protocol: CodeProtocolName,
): readonly Label[] {
  if (protocol === 'paper' || seen?.name !== name) return classes;
  const known = seen.classes?.map(String);
  const rest = known === undefined ? [] : classes.filter((label) => !known.includes(String(label)));
  if (rest.length >= 2) return rest;
  const what =
    known === undefined
      ? `images of ${name}`
      : `every class of ${name}${rest.length === 0 ? '' : ` but ${labelText(rest[0]!)}`}`;
  throw new UsageError(`the protocol novel refuses the model ${model}: it has seen ${what}`, {
    hint: 'Choose a model that was trained on other classes, or the protocol paper.',
    option: ['protocol', 'model'],
  });
}
