import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { fastestDecoder, type ImageDecoder, javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { imageHeader } from '../../../src/data/decode/imageHeader.js';
import type { Pixels } from '../../../src/data/decode/pixels.js';
import { fitTo } from '../../../src/data/resize.js';
import { bytesOf, farthest, pixelsOf } from './references.js';

interface OddPicture {
  readonly name: string;
  readonly file: string;
  /** What Pillow decodes, or why it refuses. */
  readonly size?: readonly [number, number];
  readonly pixels?: string;
  readonly error?: string;
}

/** What test/reference/oddPictures.py has written. */
const odd: Readonly<Record<'jpeg' | 'png' | 'others', readonly OddPicture[]>> = JSON.parse(
  readFileSync(new URL('../../reference/oddPictures.json', import.meta.url), 'utf8'),
);
const named = (kind: keyof typeof odd, name: string) =>
  bytesOf(odd[kind].find((one) => one.name === name)!.file);

/** Read here, though Pillow refuses them: nothing of the picture is lost. */
const readAllTheSame = [
  ...['no end', 'half an end', 'a text in an unknown packing', 'an ICC profile in an unknown packing'],
  ...['a size in meters that is broken', 'gamma that is broken', 'a text with a wrong sum'],
  ...['transparency with a wrong sum', 'data with a wrong own sum'],
];
/** Refused here, though Pillow reads them: something of the picture is lost, or may be. */
const refusedAllTheSame: Readonly<Record<keyof typeof odd, readonly string[]>> = {
  jpeg: [],
  png: [
    'data that lack a row',
    'no end',
    'an end in small letters',
    'a palette that lacks colors',
    'two headers',
  ],
  others: [],
};

const half = ([height, width]: Pixels['shape'], channels: number) =>
  [Math.max(1, height >> 1), Math.max(1, width >> 1), channels] as const;

let decoders: readonly ImageDecoder[];
beforeAll(async () => {
  decoders = [javascriptDecoder, await fastestDecoder()];
});

describe.each(Object.keys(odd) as (keyof typeof odd)[])('an odd %s', (kind) => {
  const refused = (one: OddPicture) => refusedAllTheSame[kind].includes(one.name);
  const same = odd[kind].filter((one) => one.error === undefined && !refused(one));
  const errors = odd[kind].filter(
    (one) => refused(one) || (one.error !== undefined && !readAllTheSame.includes(one.name)),
  );

  it.each(same)('has the pixels that Pillow reads: $name', async ({ file, size, pixels }) => {
    const theirs = pixelsOf(pixels!, size!);
    for (const decoder of decoders) {
      const ours = await decoder.decode(bytesOf(file), 'odd');
      const to = half(theirs.shape, Math.max(ours.shape[2], theirs.shape[2]));
      expect(ours.shape.slice(0, 2)).toEqual(size);
      expect((await imageHeader(bytesOf(file), 'odd')).channels).toBe(ours.shape[2]);
      expect(farthest(fitTo(ours, to, 'crop'), fitTo(theirs, to, 'crop')), decoder.name).toBeLessThanOrEqual(
        2,
      );
    }
  });

  if (errors.length > 0) {
    it.each(errors)('is refused by name: $name', async ({ file }) => {
      for (const decoder of decoders) {
        await expect(decoder.decode(bytesOf(file), 'odd.file')).rejects.toThrow(DataError);
        await expect(decoder.decode(bytesOf(file), 'odd.file')).rejects.toThrow(/^odd\.file is damaged/);
      }
    });
  }
});

describe('tolerated damage', () => {
  it.each(readAllTheSame)('costs no pixel: %s', async (name) => {
    const kind = odd.png.some((one) => one.name === name) && name !== 'no end' ? 'png' : 'jpeg';
    const whole =
      kind === 'png' ? named('png', 'RGB of 8 bits') : named('jpeg', 'no marker, one number for all');
    for (const decoder of decoders) {
      const read = await decoder.decode(named(kind, name), 'odd');
      expect(farthest(read, await decoder.decode(whole, 'whole')), decoder.name).toBeLessThan(4.5);
    }
  });

  it.each([
    ['jpeg', 'junk between segments', /belong to nothing/],
    ['jpeg', 'junk before a restart', /belong to nothing/],
    ['jpeg', 'no end', /end/],
    ['jpeg', 'data end early', /lost/],
    ['jpeg', 'a part between restarts is missing', /lost/],
    ['png', 'a text with a wrong sum', /tEXt/],
    ['png', 'data with a wrong sum', /IDAT/],
  ] as const)('is noted: %s, %s', async (kind, name, note) => {
    expect((await javascriptDecoder.decode(named(kind, name), 'odd')).note).toMatch(note);
  });

  it('is not noted of a sound picture', async () => {
    for (const [kind, name] of [
      ['jpeg', 'restarts'],
      ['jpeg', 'CMYK, progressive'],
      ['jpeg', 'bytes behind the end'],
      ['png', 'RGB of 16 bits, interlaced'],
      ['png', 'a text that is broken'],
    ] as const) {
      for (const decoder of decoders)
        expect(await decoder.decode(named(kind, name), 'sound')).not.toHaveProperty('note');
    }
  });
});
