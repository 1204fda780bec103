import { assertEnoughParts, type Shard } from '../../src/cli/machines/shard.js';
import { type Piece, unique } from './exhibit.js';
import type { Lab } from './lab.js';
import { type EncoderKind, nameOf } from './recipes.js';

/** The training of an encoder. */
export const training = (lab: Lab, kind: EncoderKind): Piece => ({
  name: nameOf(kind),
  async make() {
    (await lab.encoder(kind)).dispose();
  },
});

/**
 * The pieces of a shard. Shards take names in turn, so that no encoder is trained twice.
 *
 * @throws UsageError if there are fewer names than shards
 */
export function piecesOf(pieces: readonly Piece[], [number, of]: Shard): Piece[] {
  const names = unique(pieces.map(({ name }) => name));
  assertEnoughParts(names.length, of);
  return pieces.filter(({ name }) => names.indexOf(name) % of === number - 1);
}
