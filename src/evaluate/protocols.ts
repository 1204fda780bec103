import type { Background } from '../core/background.js';
import { UsageError } from '../core/errors.js';
import type { ImageSet, Label } from '../core/image.js';
import { checkFields, checkText, fieldsOf } from '../core/kindChecks.js';
import type { EpisodeSources } from '../data/episodes.js';
import { checkSource, type ImageSource, slice } from '../data/imageSource.js';
import type { ModelCard } from '../models/modelCard.js';
import type { ClassFolder } from './classFolders.js';
import { supportEncoder } from './supportEncoder.js';

/** A data set that episodes are drawn from. */
export interface ProtocolData {
  /** Name, as model cards write it: `mnist`. */
  readonly name: string;
  /** Source of supports: the train set in its order, less the validation images where queries are those. */
  readonly train: ImageSource;
  /** Source of queries. */
  readonly query: ImageSource;
}

/** Sources that a protocol draws episodes from. */
export interface ProtocolSources extends EpisodeSources {
  /** The classes that may appear. Default: all. */
  readonly among?: readonly Label[];
  /** Folders of which each episode has the classes of one, in turn. Default: classes are drawn from all. */
  readonly folders?: readonly ClassFolder[];
  /** True where an episode is not drawn but has all images of its folder. Default: `false`. */
  readonly whole?: boolean;
}

/** A rule about what the encoder may have seen before it is judged. */
interface Rule {
  readonly name: string;
  /** Images that the encoder may have been trained on, in a few words. */
  readonly encoder: string;
}

/** A protocol that judges a trained encoder. */
export interface GivenEncoderProtocol extends Rule {
  /** Throws a `UsageError` when the card of an encoder shows that it has seen images that the protocol forbids. */
  sources(data: ProtocolData, ...cards: readonly ModelCard[]): ProtocolSources;
}

export interface EpisodeEncoderOptions {
  /** Name of the data. */
  readonly data: string;
  /** Batches that the encoder trains on. Default: the protocol's. */
  readonly steps?: number;
  /** Background of the data's images. Default `black`. */
  readonly background?: Background;
  /** Seed of the episode. */
  readonly seed: number;
}

/** A protocol under which each episode trains an encoder of its own, which has seen the supports alone. */
export interface EpisodeEncoderProtocol extends Rule {
  /** Default number of batches that an encoder trains on. */
  readonly steps: number;
  sources(data: ProtocolData): ProtocolSources;
  /** Bytes of the model file of an episode's encoder: the same for the same supports, options and backend. */
  trainEncoder(support: ImageSet, options: EpisodeEncoderOptions): Promise<Uint8Array>;
}

export type Protocol = GivenEncoderProtocol | EpisodeEncoderProtocol;

/** True for a protocol that trains an encoder in each episode. */
export function trainsEncoder(protocol: Protocol): protocol is EpisodeEncoderProtocol {
  return 'trainEncoder' in protocol;
}

/** Throws a `UsageError` unless values are data and cards of models. Returns the data. */
function checkData(data: ProtocolData, cards: readonly ModelCard[] = []): ProtocolData {
  for (const card of cards)
    checkFields('the card', card, { name: checkText, data: fieldsOf({ name: checkText }) });
  return checkFields('the data', data, { name: checkText, train: checkSource, query: checkSource });
}

/** Classes of the data that the encoder has seen, with labels or without. */
function seenClasses({ name }: ProtocolData, card: ModelCard): readonly Label[] {
  return card.data.name === name ? card.data.classes : [];
}

/** The error for an encoder that may not be judged by a protocol. */
function refusal({ name }: Protocol, card: ModelCard, seen: string, hint: string): UsageError {
  return new UsageError(`the protocol ${name} refuses the encoder ${card.name}: it has seen ${seen}`, {
    hint,
    option: ['protocol', 'model'],
  });
}

/** The poster's protocol by our reading: the encoder has seen labeled train images of every class. */
const paper: GivenEncoderProtocol = {
  name: 'paper',
  encoder: 'labelled train images of all classes',
  sources(data) {
    const { train, query } = checkData(data);
    return { support: train, query };
  },
};

/**
 * The encoder has seen labeled images of every class, but no support and no query. A training on a part of the train set sees
 * its first images, so supports are drawn from the images that come after those of every encoder.
 */
const disjoint: GivenEncoderProtocol = {
  name: 'disjoint',
  encoder: 'labelled train images of all classes, other ones than supports and queries',
  sources(data, ...cards) {
    const { train, query } = checkData(data, cards);
    const seenBy = ({ data: { name, images } }: ModelCard) => (name === data.name ? images : 0);
    for (const card of cards) {
      if (seenBy(card) < train.labels.length) continue;
      throw refusal(
        this,
        card,
        `all ${train.labels.length} images that supports are drawn from`,
        `Train one on fewer, such as the first ${Math.floor(train.labels.length * 0.9)} (limit), or choose another protocol.`,
      );
    }
    const seen = Math.max(0, ...cards.map(seenBy));
    return { support: slice(train, seen, train.labels.length), query };
  },
};

/** Supports and queries are of classes that no encoder has seen an image of. */
const novel: GivenEncoderProtocol = {
  name: 'novel',
  encoder: 'other classes only, or another data set',
  sources(data, ...cards) {
    const { train, query } = checkData(data, cards);
    let among = train.classes;
    for (const [i, card] of cards.entries()) {
      const seen = seenClasses(data, card);
      among = among.filter((label) => !seen.includes(label));
      if (among.length >= 2) continue;
      const every = i === 0 ? 'every class' : 'every class that the encoders before it have not seen';
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

/** The encoder has seen train images of every class, but none of their labels. */
const unlabelled: GivenEncoderProtocol = {
  name: 'unlabelled',
  encoder: 'train images of all classes without their labels',
  sources(data, ...cards) {
    checkData(data, cards);
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

/**
 * The one-shot test of Lake, Salakhutdinov and Tenenbaum (Science 350, 2015): its episodes are given, and the encoder has seen no
 * image of the data.
 */
const oneShot: GivenEncoderProtocol = {
  name: 'one-shot',
  encoder: 'another data set',
  sources(data, ...cards) {
    const { train, query } = checkData(data, cards);
    for (const card of cards) {
      if (card.data.name.toLowerCase() !== data.name) continue;
      throw refusal(
        this,
        card,
        `${card.data.images} images of ${data.name}`,
        'Choose an encoder that was trained on other data.',
      );
    }
    return { support: train, query, whole: true };
  },
};

/** Default number of batches that the encoder of an episode trains on. */
const STEPS = 600;

/** The encoder has seen the supports of its episode, augmented, and no other image. */
const shotsOnly: EpisodeEncoderProtocol = {
  name: 'shots-only',
  encoder: 'the support images of the episode alone',
  steps: STEPS,
  sources(data) {
    const { train, query } = checkData(data);
    return { support: train, query };
  },
  trainEncoder: (support, { steps = STEPS, ...options }) => supportEncoder(support, { steps, ...options }),
};

/** Every protocol by its name. */
export const protocols = {
  ...{ paper, disjoint, novel, unlabelled },
  ...{ 'one-shot': oneShot, 'shots-only': shotsOnly },
} satisfies Record<string, Protocol>;

export type ProtocolName = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as readonly ProtocolName[];
