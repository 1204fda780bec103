import { type GivenEncoderProtocol, refusal, seenClasses } from './protocol.js';

/** Supports and queries are of classes of which the encoder has seen no image. */
export const novel: GivenEncoderProtocol = {
  name: 'novel',
  encoder: 'other classes only, or another data set',
  sources(data, card) {
    const { train, query } = data;
    const seen = seenClasses(data, card);
    const among = train.classes.filter((label) => !seen.includes(label));
    if (among.length < 2) {
      throw refusal(
        this,
        card,
        among.length === 0 ? 'every class' : `every class but ${among[0]}`,
        'Choose an encoder that was trained on other classes, or the protocol paper.',
      );
    }
    return { support: train, query, among };
  },
};
