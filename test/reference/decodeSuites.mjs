// The part of decodeSuites.py that runs our decoders.
import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url);
const bundle = fileURLToPath(new URL('node_modules/.cache/decodeSuites.mjs', root));
await build({
  stdin: {
    contents: ['data/decode/decoder', 'data/resize']
      .map((file) => `export * from './src/${file}.ts';`)
      .join(''),
    resolveDir: fileURLToPath(root),
  },
  ...{
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['sharp'],
    outfile: bundle,
    logLevel: 'error',
  },
});
const { fastestDecoder, javascriptDecoder, fitTo } = await import(bundle);
const decoders = [javascriptDecoder, await fastestDecoder()];

/** Largest difference at half size or less, in steps of 1/255; `undefined` for pictures of two sizes. */
function farthest(ours, theirs) {
  const [height, width, channels] = theirs.shape;
  if (ours.shape[0] !== height || ours.shape[1] !== width) return undefined;
  const to = [Math.max(1, height >> 1), Math.max(1, width >> 1), Math.max(channels, ours.shape[2])];
  const [a, b] = [fitTo(ours, to, 'crop').pixels, fitTo(theirs, to, 'crop').pixels];
  return 255 * a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

async function outcomeOf(decoder, picture, theirs) {
  const bytes = new Uint8Array(await readFile(picture.path));
  try {
    const ours = await decoder.decode(bytes, picture.name);
    if (theirs === undefined)
      return picture.pillow === 'large' || picture.pillow === 'deep' ? picture.pillow : 'onlyWe';
    const difference = farthest(ours, theirs);
    return difference !== undefined && difference <= 2
      ? 'agree'
      : `differ by ${difference?.toFixed(1) ?? 'size'}`;
  } catch (error) {
    if (error.hint === undefined) throw error;
    if (error.reason !== undefined) return `unsupported: ${error.reason.split(':')[0]}`;
    return theirs === undefined ? 'bothRefuse' : `refused: ${error.message.replace(picture.name, '').trim()}`;
  }
}

const found = {};
for (const picture of JSON.parse(await readFile(argv[2], 'utf8'))) {
  const theirs = picture.shape && {
    pixels: new Float32Array(Uint8Array.from(await readFile(picture.values)).buffer),
    shape: picture.shape,
  };
  for (const decoder of decoders) {
    found[picture.suite] ??= {};
    found[picture.suite][decoder.name] ??= {
      agree: 0,
      bothRefuse: 0,
      onlyWe: 0,
      large: 0,
      deep: 0,
      others: {},
    };
    const own = found[picture.suite][decoder.name];
    const outcome = await outcomeOf(decoder, picture, theirs);
    if (outcome in own) own[outcome]++;
    if (outcome in own && outcome !== 'onlyWe') continue;
    own.others[outcome] ??= [];
    own.others[outcome].push(picture.name);
  }
}
await writeFile(new URL('decodeSuites.json', import.meta.url), `${JSON.stringify(found, undefined, 1)}\n`);
for (const [suite, each] of Object.entries(found)) {
  for (const [decoder, { others, ...counts }] of Object.entries(each)) {
    console.log(suite, decoder, JSON.stringify(counts));
    for (const [outcome, names] of Object.entries(others)) console.log('  ', outcome, names.length);
  }
}
