import { slice } from '../../data/index.js';
import type { ModelCard } from '../../models/index.js';
import { type GivenEncoderProtocol, refusal } from './protocol.js';

/**
 * The encoder has seen labelled images of every class, but none that is support or query. Trainings with `--limit` see
 * the first images of the train set, so supports are drawn from those after them, and of several encoders from those after
 * the longest.
 */
export const disjoint: GivenEncoderProtocol = {
  name: 'disjoint',
  encoder: 'labelled train images of all classes, other ones than supports and queries',
  sources(data, ...cards) {
    const { train, query } = data;
    const seenBy = ({ data: { name, images } }: ModelCard) => (name === data.name ? images : 0);
    for (const card of cards) {
      if (seenBy(card) < train.labels.length) continue;
      throw refusal(
        this,
        card,
        `all ${train.labels.length} images that supports are drawn from`,
        `Train one on fewer: fewshot train --limit ${Math.floor(train.labels.length * 0.9)}.`,
      );
    }
    const seen = Math.max(0, ...cards.map(seenBy));
    return { support: slice(train, seen, train.labels.length), query };
  },
};
