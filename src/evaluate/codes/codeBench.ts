import type { Label } from '../../core/image.js';
import { packPoints } from '../../core/points.js';
import type { DrawnEpisode } from '../../data/episodes.js';
import type { CodeSpace } from '../../models/extractor.js';
import type { EmbeddedImages } from '../../node/images/embedCatalog.js';
import { drawUnknown, judgeOpenSet, type OpenSetVerdict } from '../openSet.js';
import type { CodeClassifierName, CompleteCodeSettings } from '../settings.js';
import { seedOf } from '../trial.js';
import type { CodesArm } from './codeArms.js';
import { codeClassifiers, type LearnedCodes } from './codeClassifiers.js';
import type { Answer } from './codeRows.js';
import type { CodeSource, CodeSources } from './codeSources.js';
import { enlargeCodes, meanCode } from './enlargeCodes.js';

/** An episode with its number. */
export interface NumberedEpisode extends DrawnEpisode {
  readonly episode: number;
}

/** Codes that an arm gives classifiers to learn from. */
export interface ArmCodes extends LearnedCodes {
  /** True if they are means of an image and its variants: then those of queries must be, too. */
  readonly views: boolean;
}

/** Codes and settings that all episodes of an evaluation share. */
export type CodeBench = ReturnType<typeof codeBench>;

export function codeBench(
  { codes, variants, images }: EmbeddedImages,
  sources: CodeSources,
  space: CodeSpace,
  settings: CompleteCodeSettings,
) {
  const { ways, perClass } = settings;
  const { latentSize } = space;
  let ofViews: readonly Float32Array[] | undefined;
  /** The code of each image, or the mean of its own and of its variants. */
  function codesBy(views: boolean): readonly Float32Array[] {
    if (!views) return codes;
    ofViews ??= codes.map((code, i) => meanCode([code, ...variants[i]!], space));
    return ofViews;
  }
  const packed = ({ indices }: CodeSource, chosen: ArrayLike<number>, views: boolean): Float32Array =>
    packPoints(
      Array.from(chosen, (i) => codesBy(views)[indices[i]!]!),
      latentSize,
    );
  const queriesOf = {
    own: new WeakMap<DrawnEpisode, Float32Array>(),
    views: new WeakMap<DrawnEpisode, Float32Array>(),
  };

  function labelsOf({ classes, labels }: CodeSource, chosen: Int32Array, own: readonly Label[]): Int32Array {
    return chosen.map((i) => own.indexOf(classes[labels[i]!]!));
  }

  const bench = {
    /** True class of each query of an episode, as an index into its classes. */
    truthOf: ({ queryIndices, classes }: DrawnEpisode): Int32Array =>
      labelsOf(sources.query, queryIndices, classes),

    /** What classifiers learn from, of so many shots. Beyond those of the episode, they are its spare images. */
    learn(arm: CodesArm, drawn: NumberedEpisode, shots = settings.shots): ArmCodes {
      const { views = false, varies, path } = arm;
      const { support } = sources;
      const supports = drawn.classes.map((label, c) => {
        const own = drawn.supportIndices.filter((_, i) => i % ways === c);
        const chosen = [...own, ...drawn.spareIndices[c]!].slice(0, shots);
        const indices = chosen.map((i) => support.indices[i]!);
        return {
          label,
          codes: indices.map((i) => codesBy(views)[i]!),
          variants: indices.map((i) => variants[i]!),
        };
      });
      const way = { varies: varies && !views, ...(path === undefined ? {} : { path }) };
      return {
        ...enlargeCodes(way, supports, { space, perClass, seed: seedOf(settings, drawn.episode) }),
        views,
      };
    },

    /** Class that a classifier gives each query of an episode, as an index into its classes. */
    async answer(name: CodeClassifierName, learned: ArmCodes, drawn: DrawnEpisode): Promise<Int32Array> {
      const known = queriesOf[learned.views ? 'views' : 'own'];
      const queries = known.get(drawn) ?? packed(sources.query, drawn.queryIndices, learned.views);
      known.set(drawn, queries);
      return codeClassifiers[name](learned, queries, settings);
    },

    /** How the KNN tells queries of classes that an episode leaves out. */
    openSet(learned: ArmCodes, answers: Int32Array, drawn: NumberedEpisode): Promise<OpenSetVerdict> {
      const { indices } = drawUnknown(sources, settings, drawn.episode, drawn.classes);
      const truth = bench.truthOf(drawn);
      return judgeOpenSet(learned, (reference) => reference >= ways * settings.shots, {
        known: packed(sources.query, drawn.queryIndices, learned.views),
        unknown: packed(sources.query, indices, learned.views),
        right: Array.from(answers, (answer, i) => answer === truth[i]),
      });
    },

    /** Number of unknown classes of an episode, and of their queries. */
    unknownSizes({ episode, classes }: NumberedEpisode) {
      const { classes: others, indices } = drawUnknown(sources, settings, episode, classes);
      return { classes: others.length, queries: indices.length };
    },

    /** Answers to the queries of episodes by the names of their images. */
    *named(
      drawn: readonly DrawnEpisode[],
      answers: readonly Int32Array[],
    ): Generator<Answer, void, undefined> {
      const { query } = sources;
      for (const [episode, { queryIndices, classes }] of drawn.entries()) {
        for (const [i, index] of queryIndices.entries()) {
          yield {
            image: images[query.indices[index]!]!.name,
            truth: query.classes[query.labels[index]!]!,
            predicted: classes[answers[episode]![i]!]!,
          };
        }
      }
    },
  };
  return bench;
}
