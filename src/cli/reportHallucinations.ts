import { commandLine } from '../evaluate/command.js';
import { choosePairs, evenOmegas, imagePairs, interpolate, interpolationPathsIn } from '../evaluate/index.js';
import type { ReportParts } from '../report/index.js';
import { type ReportTools, type SeenData, type SettledFlags, sizesOf } from './reportData.js';

/** Images of a row, real ones included; rows; and rows of a class. */
const [STEPS, MOST_ROWS, ROWS_OF_CLASS] = [7, 20, 2];

/**
 * The rows of a report: two pairs of each class, or one of as many classes as there is room for; with as much of their
 * parents' detail as the images have that were judged.
 */
export function reportHallucinations(
  flags: SettledFlags,
  { images: { source } }: SeenData,
  detail: number,
  { model, backend }: ReportTools,
): ReportParts['hallucinations'] {
  const sizes = sizesOf(source);
  const usable = sizes.filter((size) => size >= 2).length;
  if (usable === 0) return { missing: 'no class has two images.' };
  const count = usable * ROWS_OF_CLASS <= MOST_ROWS ? usable * ROWS_OF_CLASS : Math.min(usable, MOST_ROWS);
  const { data, fit, skipBad, seed } = flags;
  const [path] = interpolationPathsIn(model.latentSpace);
  const pairs = imagePairs(source, choosePairs(source, { count, within: 'class', seed }));
  const omegas = evenOmegas(STEPS).slice(1, -1);
  const made = interpolate(model, pairs, { path: path!, omegas, detail });
  const rows = pairs.map(([from, to], i) => ({ label: from.label, from, made: made[i]!, to }));
  const place = ({ label }: (typeof rows)[number]) => source.classes.indexOf(label);
  const words = [
    ...['fewshot', 'interpolate', '--model', flags.model, '--data', data, '--pairs', count],
    ...['--within', 'class', '--paths', path!, '--steps', STEPS],
    ...(fit === undefined ? [] : ['--fit', fit]),
    ...(skipBad ? ['--skip-bad'] : []),
    ...(detail === 0 ? [] : ['--detail', detail]),
    ...['--seed', seed, '--backend', backend, '--out', 'rows.png'],
  ];
  return {
    ...{ path: path!, omegas, detail },
    rows: rows.sort((a, b) => place(a) - place(b)),
    command: commandLine(words),
    leftOut: source.classes.length - new Set(rows.map(({ label }) => label)).size,
  };
}
