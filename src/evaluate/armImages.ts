import { filter, from, lastValueFrom, toArray } from 'rxjs';
import { hallucinate, transformed } from '../augment/index.js';
import { type ImageSet, imagesOf, type LabeledImage } from '../core/index.js';
import type { Model } from '../models/index.js';
import type { Arm } from './arms.js';

/** The images of one arm: those that came with the support set, and those made from them. */
export interface ArmImages {
  readonly real: readonly LabeledImage[];
  readonly hallucinated: readonly LabeledImage[];
}

/** Streams the support set through the arm's path. Arms without one hallucinate nothing. */
export async function hallucinateArm(
  arm: Arm,
  support: ImageSet,
  model: Model,
  options: { readonly perClass: number; readonly seed: number },
): Promise<ArmImages> {
  const real = [...imagesOf(support)];
  if (arm.path === undefined) return { real, hallucinated: [] };
  const hallucinated = await lastValueFrom(
    from(real).pipe(
      hallucinate(model, { ...options, path: arm.path }),
      filter((image) => image.provenance !== undefined),
      toArray(),
    ),
  );
  return { real, hallucinated };
}

/**
 * What a KNN compares queries with: the real images, and `perClass` more for each class. Those are hallucinations,
 * transformed real images, or, for arms with both, `mix` of the first (transformed too) and the rest of the second.
 */
export function referencesOf(
  arm: Arm,
  { real, hallucinated }: ArmImages,
  options: { readonly perClass: number; readonly mix: number; readonly seed: number },
): LabeledImage[] {
  const { perClass, mix, seed } = options;
  const { transform } = arm;
  if (transform === undefined) return [...real, ...hallucinated];
  const fromHallucinated = hallucinated.length === 0 ? 0 : Math.round(perClass * mix);
  const ofClass = (images: readonly LabeledImage[], label: LabeledImage['label']) =>
    images.filter((image) => image.label === label);
  const labels = [...new Set(real.map(({ label }) => label))];
  return [
    ...real,
    ...labels.flatMap((label) => {
      const parents = [
        ...repeat(ofClass(hallucinated, label), fromHallucinated),
        ...repeat(ofClass(real, label), perClass - fromHallucinated),
      ];
      return parents.map((image, index) => transformed(image, transform, { seed, index }));
    }),
  ];
}

/** The first `count` of a list that starts again at its end. */
function repeat<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: items.length === 0 ? 0 : count }, (_, i) => items[i % items.length]!);
}
