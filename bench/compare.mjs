import { ourSide, peerSide } from './sides.mjs';
import { median, spread } from './statistics.mjs';

/** Peers in JavaScript compute on our backends, so there is one of them per backend. */
const isScript = (script) => typeof script === 'string' && script.endsWith('.mjs');
const labelOf = (peer, script, backend) => (isScript(script) ? `${peer} on ${backend}` : peer);

/** Sets up every side, one after the other; a peer that cannot be had is left out, and `note` hears why. */
async function openSides({ name, measurement, backends, python, note }) {
  const sides = [];
  const open = async (label, start) => {
    const side = start();
    sides.push({ label, side, values: [], facts: await side.ready() });
  };
  for (const backend of backends) await open(backend, () => ourSide(name, backend));
  for (const [peer, script] of Object.entries(measurement.peers)) {
    try {
      if (isScript(script)) {
        for (const backend of backends)
          await open(labelOf(peer, script, backend), () => ourSide(`peers/${script}`, backend));
      } else await open(peer, () => peerSide(script, python));
    } catch (error) {
      note(`${name}: no figures of ${peer}: ${error.message.trim().split('\n').at(-1)}`);
    }
  }
  return sides;
}

/** Nets of different sizes would make the comparison meaningless. */
function assertSameNet(name, sides) {
  const sizes = sides.map(({ label, facts }) => `${label} ${facts.weights}`);
  if (new Set(sides.map(({ facts }) => facts.weights)).size > 1) {
    throw new Error(`${name}: the nets differ in their number of weights: ${sizes.join(', ')}`);
  }
}

/** One row per backend of ours and peer; `ratio` below 1 says that ours is ahead, whatever the unit. */
export async function compare({ name, measurement, backends, python, rounds, versions, note }) {
  const sides = await openSides({ name, measurement, backends, python, note });
  assertSameNet(name, sides);
  for (let round = 0; round < rounds; round++) {
    for (const { side, values } of sides) values.push(await side.round());
  }
  for (const { side, facts } of sides) {
    await side.close();
    Object.assign(versions, facts.versions);
  }
  const { unit, better } = measurement;
  const behind = (ours, theirs) => (better === 'lower' ? ours / theirs : theirs / ours);
  return backends.flatMap((backend) =>
    Object.entries(measurement.peers).map(([peer, script]) => {
      const ours = sides.find(({ label }) => label === backend).values;
      const theirs = sides.find(({ label }) => label === labelOf(peer, script, backend))?.values;
      const row = { name, backend, ours: median(ours), oursSpread: spread(ours), peer, unit, better };
      if (theirs === undefined)
        return { ...row, theirs: null, theirsSpread: null, ratio: null, ratioSpread: null };
      return {
        ...row,
        theirs: median(theirs),
        theirsSpread: spread(theirs),
        ratio: behind(median(ours), median(theirs)),
        ratioSpread: spread(ours.map((value, round) => behind(value, theirs[round]))),
      };
    }),
  );
}
