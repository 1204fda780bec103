import { disjoint } from './disjoint.js';
import { novel } from './novel.js';
import { paper } from './paper.js';
import type { Protocol } from './protocol.js';
import { shotsOnly } from './shotsOnly.js';
import { unlabelled } from './unlabelled.js';

export {
  type EpisodeEncoderOptions,
  type EpisodeEncoderProtocol,
  type GivenEncoderProtocol,
  type Protocol,
  type ProtocolData,
  type ProtocolSources,
  trainsEncoder,
} from './protocol.js';

/** Every protocol by its name. */
export const protocols = { paper, disjoint, novel, unlabelled, 'shots-only': shotsOnly } satisfies Record<
  string,
  Protocol
>;

export type ProtocolName = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as readonly ProtocolName[];
