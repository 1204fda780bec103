import { defaultArms } from './arms/arms.js';
import { defaultSettings, type EvaluationSettings } from './settings.js';

const flags: Record<string, keyof EvaluationSettings> = {
  '--data': 'data',
  '--data-dir': 'dataDir',
  '--fit': 'fit',
  '--split': 'split',
  '--protocol': 'protocol',
  '--ways': 'ways',
  '--shots': 'shots',
  '--queries': 'queries',
  '--episodes': 'episodes',
  '--arms': 'arms',
  '--classifiers': 'classifiers',
  '--cnn': 'cnn',
  '--cnn-steps': 'cnnSteps',
  '--encoder-steps': 'encoderSteps',
  '--k': 'k',
  '--knn-engine': 'knnEngine',
  '--model': 'model',
  '--per-class': 'perClass',
  '--mix': 'mix',
  '--trust': 'trust',
  '--detail': 'detail',
  '--seed': 'seed',
};

/** The command line that asks for these settings; shots, seed and backend are always spelled out. */
export function commandOf(settings: EvaluationSettings): string {
  const defaults: Partial<Record<string, unknown>> = { ...defaultSettings, arms: defaultArms };
  const words = Object.entries(flags).flatMap(([flag, name]) => {
    const value = String(settings[name]);
    const spelled = name === 'shots' || name === 'seed' || value !== String(defaults[name]);
    return spelled ? [flag, shellWord(value)] : [];
  });
  const [size, , channels] = settings.shape ?? [];
  if (size !== undefined) words.push('--size', String(size), '--channels', String(channels));
  if (settings.skipBad) words.push('--skip-bad');
  const teachers = (settings.teachers ?? []).flatMap((name) => ['--teacher', shellWord(name)]);
  const pipelines = (settings.pipelines ?? []).flatMap(({ name, file }) => [
    '--pipeline',
    shellWord(file ?? `${name}.json`),
  ]);
  return ['fewshot eval', ...words, ...teachers, ...pipelines, '--backend', settings.backend].join(' ');
}

/** A command line of these words, as POSIX shells read it. */
export const commandLine = (words: readonly (string | number)[]): string =>
  words.map((word) => shellWord(String(word))).join(' ');

/** A word as POSIX shells read it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
