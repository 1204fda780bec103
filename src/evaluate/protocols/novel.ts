import { type GivenEncoderProtocol, refusal, seenClasses } from './protocol.js';

/** Supports and queries are of classes of which no encoder has seen an image. */
export const novel: GivenEncoderProtocol = {
  name: 'novel',
  encoder: 'other classes only, or another data set',
  sources(data, ...cards) {
    const { train, query } = data;
    let among = train.classes;
    for (const [place, card] of cards.entries()) {
      const seen = seenClasses(data, card);
      among = among.filter((label) => !seen.includes(label));
      if (among.length >= 2) continue;
      const every = place === 0 ? 'every class' : 'every class that the encoders before it have not seen';
      throw refusal(
        this,
        card,
        among.length === 0 ? every : `${every} but ${among[0]}`,
        'Choose an encoder that was trained on other classes, or the protocol paper.',
      );
    }
    return { support: train, query, among };
  },
};
