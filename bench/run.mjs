/**
 * Measures this package, as built, beside its Python peers, in turn on the machine at hand.
 *
 *   npm run bench                                # everything
 *   npm run bench -- decode knn --rounds 5       # some of it
 *   npm run bench -- stream-memory scale --images 20000  # fewer than a million
 *   npm run --silent bench -- --json > FILE      # for machines
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compare } from './compare.mjs';
import { machineOf } from './machine.mjs';
import { caseNames, loadCase, measurementsOf } from './registry.mjs';
import { usableBackends } from './sides.mjs';
import { formatRow, header } from './table.mjs';

const usage = `usage: npm run bench -- [${caseNames.join(' | ')} …] [--json] [--rounds N] [--images N] [--python FILE]`;

function stop(message) {
  console.error(message);
  process.exit(2);
}

function parse() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '7' },
        images: { type: 'string', default: '1000000' },
        python: { type: 'string', default: fileURLToPath(new URL('../.peers/bin/python', import.meta.url)) },
      },
    });
    const unknown = positionals.find((name) => !caseNames.includes(name));
    if (unknown !== undefined) stop(`There is no measurement "${unknown}".\n${usage}`);
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      stop(`--rounds must be a whole number of at least 1.\n${usage}`);
    const images = Number(values.images);
    if (!Number.isInteger(images) || images < 4000)
      stop(`--images must be a whole number of at least 4000.\n${usage}`);
    return { ...values, rounds, images, names: positionals.length > 0 ? positionals : caseNames };
  } catch (error) {
    return stop(`${error.message}\n${usage}`);
  }
}

const { json, rounds, images, python, names } = parse();
if (!existsSync(new URL('../dist/index.js', import.meta.url)))
  stop('Nothing is built yet: npm run build comes first.');

const note = (line) => console.error(line);
const backends = usableBackends(note);
const versions = { node: process.versions.node };
const rows = [];
if (!json) console.log(header);
for (const name of (await Promise.all(names.map(measurementsOf))).flat()) {
  const measurement = await loadCase(name);
  note(`${name}: ${measurement.title}`);
  const measure = measurement.measure ?? compare;
  const settings = { name, measurement, backends, python, rounds, images, versions, note };
  const compared = await measure(settings).catch((error) => {
    note(`${name}: ${error.message}`);
    process.exit(1);
  });
  rows.push(...compared);
  if (!json) for (const row of compared) console.log(formatRow(row));
}
if (json)
  console.log(
    JSON.stringify(
      { schema: 'fewshot.bench/1', machine: machineOf(versions), threads: 1, rounds, rows },
      null,
      2,
    ),
  );
