import type { GivenEncoderProtocol } from './protocol.js';

/** What the poster seems to do (our reading): the encoder has seen labelled train images of every class. */
export const paper: GivenEncoderProtocol = {
  name: 'paper',
  encoder: 'labelled train images of all classes',
  sources: ({ train, query }) => ({ support: train, query }),
};
