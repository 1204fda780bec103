import { armNamed } from '../evaluate/arms/arms.js';
import type { EvaluationSettings } from '../evaluate/settings.js';

/** Notes on settings that can be carried out, but hardly are what somebody means. */
export function remarksOn({ arms, pipelines = [], teachers = [], shots }: EvaluationSettings): string[] {
  const chosen = [...arms, ...pipelines.map(({ name }) => name)].map((name) => armNamed(name, pipelines));
  const short = chosen.filter(({ samplesNeeded }) => samplesNeeded > shots).map(({ name }) => name);
  const why =
    shots === 1
      ? 'With one shot there is no pair to interpolate'
      : `${shots} shots are too few to interpolate`;
  return [
    ...(short.length === 0 ? [] : [`${why}: nothing is hallucinated for ${short.join(', ')}.`]),
    ...(teachers.length === 0 || chosen.some(({ asksTeachers }) => asksTeachers)
      ? []
      : [`No arm asks ${teachers.join(', ')} for labels: that is what arms on +labels, and codes, do.`]),
  ];
}
