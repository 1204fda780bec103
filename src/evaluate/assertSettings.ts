import { assertDetail } from '../augment/detail.js';
import { UsageError } from '../core/index.js';
import { armNamed } from './arms.js';
import { protocols, trainsEncoder } from './protocols/index.js';
import { defaultSettings, type EvaluationSettings } from './settings.js';

/** Throws a `UsageError` for settings that cannot be carried out, as far as they show it by themselves. */
export function assertSettings(settings: EvaluationSettings): void {
  for (const name of ['episodes', 'perClass', 'k'] as const) {
    const value = settings[name];
    if (!Number.isInteger(value) || value < 1) {
      throw new UsageError(`${name} must be a whole number of at least 1, not ${value}`);
    }
  }
  for (const name of ['mix', 'trust'] as const) {
    const value = settings[name];
    if (!(value >= 0 && value <= 1)) throw new UsageError(`${name} must be in [0, 1], not ${value}`);
  }
  assertDetail(settings.detail ?? 0);
  for (const arm of settings.arms) armNamed(arm);
  const { ways, shots, k } = settings;
  if (settings.classifiers.includes('knn') && k > ways * shots) {
    throw new UsageError(`k is ${k}, but ${ways} ways × ${shots} shots give ${ways * shots} references`, {
      hint: `Choose k of at most ${ways * shots}, or more shots.`,
    });
  }
  assertEncoder(settings);
}

/** Refuses what the protocol has no use for: an encoder where it has its own, its training where it is given one. */
function assertEncoder({ protocol: name, model, teachers = [], encoderSteps }: EvaluationSettings): void {
  const trains = trainsEncoder(protocols[name]);
  if (trains && teachers.length > 0) {
    throw new UsageError(
      `the protocol ${name} trains its own encoder in each episode, and takes no teachers`,
      {
        hint: 'Leave out --teacher, or choose another protocol.',
      },
    );
  }
  if (trains && model !== defaultSettings.model) {
    throw new UsageError(`the protocol ${name} trains its own encoder in each episode, and takes no model`, {
      hint: `Leave out --model ${model}, or choose another protocol.`,
    });
  }
  if (!trains && encoderSteps !== undefined) {
    throw new UsageError(`the protocol ${name} trains no encoder, so it has no encoder steps`, {
      hint: 'Leave out --encoder-steps, or choose the protocol shots-only.',
    });
  }
  if (encoderSteps !== undefined && (!Number.isSafeInteger(encoderSteps) || encoderSteps < 1)) {
    throw new UsageError(`encoderSteps must be a whole number of at least 1, not ${encoderSteps}`);
  }
}
