import { randomStream } from '../core/index.js';
import { type ImageSource, setSource } from '../data/index.js';
import { type Autoencoder, type BaseCodes, baseCodes } from '../models/index.js';
import { encodeAll } from './scores.js';

/** Codes of `base` images of each class, of all where there are fewer; which ones is the seed's choice. */
export function baseCodesOf(
  autoencoder: Autoencoder,
  train: ImageSource,
  { base, seed }: { readonly base: number; readonly seed: number },
): BaseCodes {
  const chosen = train.classes.flatMap((_, own) => {
    const members = [...train.labels.keys()].filter((i) => train.labels[i] === own);
    const order = randomStream(seed, 'base', own).permutation(members.length);
    return [...order.subarray(0, base)].map((place) => members[place]!);
  });
  const images = setSource(train.images(chosen));
  const packed = encodeAll(autoencoder, images);
  const size = autoencoder.latentSize;
  const codes = chosen.map((_, i) => packed.slice(i * size, (i + 1) * size));
  return baseCodes(codes, images.labels);
}
