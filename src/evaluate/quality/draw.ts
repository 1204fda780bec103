import { countOf, type ImageSet, randomStream, select } from '../../core/index.js';
import { type ImageSource, sampleEpisode, slice } from '../../data/index.js';
import { judgeImagesOf } from './checks.js';
import type { QualitySettings } from './settings.js';

/** The images of one episode before anything is made. */
export interface QualityEpisode {
  /** What hallucinations are made of: that of `fewshot eval`'s episode of the same seed and number. */
  readonly support: ImageSet;
  /** Test images, `perClass` of each class. */
  readonly reference: ImageSet;
  /** Train images, `perClass` of each class, that neither the judge nor the support set has. */
  readonly real: ImageSet;
  /** Seed of all that is made and trained in this episode; that of `fewshot eval` too. */
  readonly seed: number;
}

/** Draws an episode. It depends on the data, the settings and its number alone. */
export function drawEpisode(
  { train, test }: { readonly train: ImageSource; readonly test: ImageSource },
  settings: QualitySettings,
  episode: number,
): QualityEpisode {
  const { shots, perClass, seed } = settings;
  const options = { shots, seed, episode };
  const { support, supportIndices, query } = sampleEpisode(
    { support: train, query: test },
    { ...options, queries: perClass },
  );
  const judged = judgeImagesOf(settings, train);
  const unseen = slice(train, judged, train.labels.length);
  // More than enough, as some may be in the support set.
  const others = sampleEpisode({ support: train, query: unseen }, { ...options, queries: perClass + shots });
  const taken = new Set(supportIndices);
  const left = new Map<number, number>();
  const chosen = Array.from({ length: countOf(others.query) }, (_, i) => i).filter((i) => {
    if (taken.has(others.queryIndices[i]! + judged)) return false;
    const label = others.query.labels[i]!;
    const free = left.get(label) ?? perClass;
    left.set(label, free - 1);
    return free > 0;
  });
  return {
    support,
    reference: query,
    real: select(others.query, chosen),
    seed: randomStream(seed, 'trial', episode).integer(2 ** 31),
  };
}
