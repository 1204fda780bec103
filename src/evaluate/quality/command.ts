import { shellWord } from '../command.js';
import { defaultQuality, type QualitySettings } from './settings.js';

const flags: Record<string, keyof QualitySettings> = {
  '--data': 'data',
  '--paths': 'paths',
  '--shots': 'shots',
  '--per-class': 'perClass',
  '--episodes': 'episodes',
  '--cnn': 'cnn',
  '--cnn-steps': 'cnnSteps',
  '--judge-images': 'judgeImages',
  '--judge-steps': 'judgeSteps',
  '--seed': 'seed',
};

/** The command line that asks for these settings; shots, episodes, seed and backend are always spelled out. */
export function qualityCommandOf(settings: QualitySettings): string {
  const defaults: Partial<Record<string, unknown>> = defaultQuality;
  const models = settings.models.flatMap((model) => ['--model', shellWord(model)]);
  const words = Object.entries(flags).flatMap(([flag, name]) => {
    const value = String(settings[name]);
    const spelled =
      name === 'shots' || name === 'episodes' || name === 'seed' || value !== String(defaults[name]);
    return spelled ? [flag, value] : [];
  });
  const check = settings.labelCheck ? ['--label-check'] : [];
  return ['fewshot quality', ...models, ...words, ...check, '--backend', settings.backend].join(' ');
}
