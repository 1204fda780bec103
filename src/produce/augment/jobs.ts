import { latentPath } from '../../augment/index.js';
import type { Label } from '../../core/index.js';
import type { ManifestPlan, ParentImage } from './manifest.js';

/** One file to be made. */
export type Job = { readonly label: Label } & (
  | { readonly original: ParentImage }
  | { readonly index: number }
);

/** The files of a plan in the order of its manifest: class by class, the real images first. */
export interface Jobs {
  readonly count: number;
  /** Jobs `from` … `to − 1`. */
  slice(from: number, to: number): Job[];
}

/** Lists what a plan asks for. A class with too few images for the path gets its real ones alone. */
export function jobsOf({ classes, images, settings }: ManifestPlan): Jobs {
  const needed = latentPath(settings.path).samplesNeeded;
  const imagesOf = new Map<Label, ParentImage[]>(classes.map(({ label }) => [label, []]));
  if (settings.includeOriginals) for (const image of images) imagesOf.get(image.label)?.push(image);
  let count = 0;
  const parts = classes.map(({ label, images: own }) => {
    const originals = imagesOf.get(label)!;
    const start = count;
    count += originals.length + (own >= needed ? settings.perClass : 0);
    return { label, originals, start, end: count };
  });
  const jobAt = ({ label, originals, start }: (typeof parts)[number], place: number): Job => {
    const original = originals[place - start];
    return original === undefined ? { label, index: place - start - originals.length } : { label, original };
  };
  return {
    count,
    slice: (from, to) =>
      parts.flatMap((part) => {
        const first = Math.max(from, part.start);
        const length = Math.max(0, Math.min(to, part.end) - first);
        return Array.from({ length }, (_, i) => jobAt(part, first + i));
      }),
  };
}

/** Where a job's file lies in its folder: `3/000017.png`, `cat/original-whiskers.png`. */
export function placeOf(job: Job): string {
  if ('index' in job) return `${job.label}/${String(job.index).padStart(6, '0')}.png`;
  return `${job.label}/original-${fileName(job.original)}`;
}

/** That of a file in its class's folder, or the place in an array; of another file its number in its class, as names could meet. */
function fileName({ name, label, number }: ParentImage): string {
  const [file, folder] = name.split('/').reverse();
  if (folder !== String(label) && !/^\w+\/\d+$/.test(name)) return `${String(number).padStart(6, '0')}.png`;
  return /\.png$/i.test(file!) ? file! : `${file}.png`;
}

/** Whether a file in a class's folder has a name that `placeOf` gives, or is one of these on its way to the disk. */
export function isOwnName(file: string): boolean {
  return /^(\d{6,}|original-.*)\.png(\.\d+\.tmp)?$/i.test(file);
}
