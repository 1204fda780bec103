import { type GivenEncoderProtocol, refusal, seenClasses } from './protocol.js';

/** The encoder has seen train images of every class, but no label of theirs. */
export const unlabelled: GivenEncoderProtocol = {
  name: 'unlabelled',
  encoder: 'train images of all classes without their labels',
  sources(data, ...cards) {
    for (const card of cards) {
      if (!card.data.labelled || seenClasses(data, card).length === 0) continue;
      throw refusal(
        this,
        card,
        `the labels of ${seenClasses(data, card).length} classes`,
        'Choose an encoder that was trained without labels, or the protocol paper.',
      );
    }
    return { support: data.train, query: data.query };
  },
};
