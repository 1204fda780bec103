import type { EpisodeEncoderProtocol } from './protocol.js';
import { supportEncoder } from './supportEncoder.js';

const STEPS = 600;

/** The encoder has seen the supports of its episode, augmented, and no other image: it is trained in each episode. */
export const shotsOnly: EpisodeEncoderProtocol = {
  name: 'shots-only',
  encoder: 'the support images of the episode alone',
  steps: STEPS,
  sources: ({ train, query }) => ({ support: train, query }),
  trainEncoder: (support, { steps = STEPS, ...options }) => supportEncoder(support, { steps, ...options }),
};
