import { type ImageSet, type Label, UsageError } from '../../core/index.js';
import type { EpisodeSources, ImageSource } from '../../data/index.js';
import type { ModelCard } from '../../models/index.js';

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
