import { UsageError } from '../core/errors.js';
import type { ImageSet, Label } from '../core/image.js';
import type { EpisodeSources } from '../data/episodes.js';
import { type ImageSource, slice } from '../data/imageSource.js';
import type { ModelCard } from '../models/card.js';
import { supportEncoder } from './supportEncoder.js';

/** A data set that episodes are drawn from. */
export interface ProtocolData {
  /** Its name, as model cards write it: `mnist`. */
  readonly name: string;
  /** Where supports come from: the train set, or what validation leaves of it, in its order. */
  readonly train: ImageSource;
  /** Where queries come from. */
  readonly query: ImageSource;
}

/** What a protocol draws episodes from. */
export interface ProtocolSources extends EpisodeSources {
  /** The classes that may appear. Default: all. */
  readonly among?: readonly Label[];
}

/** An agreement about what the encoder may have seen before it is judged. */
interface Agreement {
  readonly name: string;
  /** What the encoder may have been trained on, in a few words. */
  readonly encoder: string;
}

/** A protocol that judges an encoder which is there already. */
export interface GivenEncoderProtocol extends Agreement {
  /** Throws a `UsageError` when the card of an encoder shows that it has seen what the protocol forbids. */
  sources(data: ProtocolData, ...cards: readonly ModelCard[]): ProtocolSources;
}

export interface EpisodeEncoderOptions {
  /** Name of the data. */
  readonly data: string;
  /** Batches that the encoder trains on. Default: the protocol's. */
  readonly steps?: number;
  /** Seed of the episode. */
  readonly seed: number;
}

/** A protocol under which an encoder is trained anew in each episode, so that it has seen the supports alone. */
export interface EpisodeEncoderProtocol extends Agreement {
  /** Batches that an encoder trains on unless told otherwise. */
  readonly steps: number;
  sources(data: ProtocolData): ProtocolSources;
  /** The bytes of the model file of an episode's encoder: the same for the same supports, options and backend. */
  trainEncoder(support: ImageSet, options: EpisodeEncoderOptions): Promise<Uint8Array>;
}

export type Protocol = GivenEncoderProtocol | EpisodeEncoderProtocol;

/** Whether a protocol has an encoder trained in each episode. */
export function trainsEncoder(protocol: Protocol): protocol is EpisodeEncoderProtocol {
  return 'trainEncoder' in protocol;
}

/** The classes of the data that the encoder has seen, with labels or without. */
export function seenClasses({ name }: ProtocolData, card: ModelCard): readonly Label[] {
  return card.data.name === name ? card.data.classes : [];
}

/** Why an encoder may not be judged by a protocol. */
export function refusal({ name }: Protocol, card: ModelCard, seen: string, hint: string): UsageError {
  return new UsageError(`the protocol ${name} refuses the encoder ${card.name}: it has seen ${seen}`, {
    hint,
  });
}

/** What the poster seems to do (our reading): the encoder has seen labelled train images of every class. */
export const paper: GivenEncoderProtocol = {
  name: 'paper',
  encoder: 'labelled train images of all classes',
  sources: ({ train, query }) => ({ support: train, query }),
};

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

const STEPS = 600;

/** The encoder has seen the supports of its episode, augmented, and no other image: it is trained in each episode. */
export const shotsOnly: EpisodeEncoderProtocol = {
  name: 'shots-only',
  encoder: 'the support images of the episode alone',
  steps: STEPS,
  sources: ({ train, query }) => ({ support: train, query }),
  trainEncoder: (support, { steps = STEPS, ...options }) => supportEncoder(support, { steps, ...options }),
};

/** Every protocol by its name. */
export const protocols = { paper, disjoint, novel, unlabelled, 'shots-only': shotsOnly } satisfies Record<
  string,
  Protocol
>;

export type ProtocolName = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as readonly ProtocolName[];
