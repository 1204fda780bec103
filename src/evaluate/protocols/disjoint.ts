import { slice } from '../../data/index.js';
import { type GivenEncoderProtocol, refusal } from './protocol.js';

/**
 * The encoder has seen labelled images of every class, but none that is support or query. Trainings with `--limit` see
 * the first images of the train set, so supports are drawn from those after them.
 */
export const disjoint: GivenEncoderProtocol = {
  name: 'disjoint',
  encoder: 'labelled train images of all classes, other ones than supports and queries',
  sources(data, card) {
    const { train, query } = data;
    const seen = card.data.name === data.name ? card.data.images : 0;
    if (seen >= train.labels.length) {
      throw refusal(
        this,
        card,
        `all ${train.labels.length} images that supports are drawn from`,
        `Train one on fewer: fewshot train --limit ${Math.floor(train.labels.length * 0.9)}.`,
      );
    }
    return { support: slice(train, seen, train.labels.length), query };
  },
};
