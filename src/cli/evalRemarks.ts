import { latentPath, pathNames } from '../augment/paths.js';
import type { EvaluationSettings } from '../evaluate/settings.js';

/** What the arms and pipelines that interpolate more images than there are shots come to. */
function tooFewShots({ arms, pipelines = [], shots }: EvaluationSettings): string[] {
  const needs: readonly (readonly [name: string, samples: number])[] = [
    ...arms.map((arm) => [arm, samplesOf(arm.startsWith('atnl') ? 'slerp' : arm)] as const),
    ...pipelines.map(({ name, pipeline: { steps } }) => {
      const [first] = steps;
      return [name, first?.do === 'hallucinate' ? samplesOf(first.path ?? 'slerp') : 1] as const;
    }),
  ];
  const short = needs.filter(([, samples]) => samples > shots).map(([name]) => name);
  if (short.length === 0) return [];
  const why =
    shots === 1
      ? 'With one shot there is no pair to interpolate'
      : `${shots} shots are too few to interpolate`;
  return [`${why}: nothing is hallucinated for ${short.join(', ')}.`];
}

/** How many images of a class a path takes; 1 for what is none. */
function samplesOf(path: unknown): number {
  const name = pathNames.find((known) => known === path);
  return name === undefined ? 1 : latentPath(name).samplesNeeded;
}

/** Which teachers nothing is asked of. */
function unheardTeachers({ arms, teachers = [] }: EvaluationSettings): string[] {
  if (teachers.length === 0 || arms.some((arm) => arm === 'codes' || arm.endsWith('+labels'))) return [];
  return [`No arm asks ${teachers.join(', ')} for labels: that is what arms on +labels, and codes, do.`];
}

/** What is true of settings that can be carried out, but hardly meant. */
export const remarksOn = (settings: EvaluationSettings): string[] => [
  ...tooFewShots(settings),
  ...unheardTeachers(settings),
];
