import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { labeledTable, tableCatalog } from '../../../src/node/images/tableCatalog.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();
const png = encodePng(Float32Array.of(0.5), [1, 1, 1]);

async function write(path: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content);
  return at(path);
}

/** Two pictures of cats and two of dogs. */
const pictures = [
  ['img/cat/1.png', 'cat'],
  ['img/cat/2.png', 'cat'],
  ['img/dog/1.png', 'dog'],
  ['img/dog/2.png', 'dog'],
] as const;

/** Reads a table that lies beside the pictures, and all that it lists. */
async function listed(name: string, content: string | Uint8Array) {
  for (const [path] of pictures) await write(path, png);
  const catalog = await tableCatalog(await write(name, content));
  const images = [...catalog.images];
  for (const { name } of images) expect((await catalog.read(name)).bytes).toHaveLength(png.length);
  return images;
}

async function refusal(name: string, content: string | Uint8Array): Promise<DataError> {
  const error = await listed(name, content).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toContain(at(name));
  expect((error as DataError).hint).toBeTruthy();
  return error as DataError;
}

const plain = pictures.map(([name, label]) => ({ name, label }));
const csv = (row: (path: string, label: string, index: number) => string, header = 'path,label') =>
  `${[header, ...pictures.map(([path, label], i) => row(path, label, i))].join('\n')}\n`;

describe('a table reads the same', () => {
  const usual = csv((path, label) => `${path},${label}`);
  const utf16 = (text: string, big = false) => {
    const bytes = Buffer.from(text, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };
  it.each<[string, string, string | Uint8Array]>([
    ['with spaces after commas', 't.csv', csv((path, label) => `${path}, ${label}`, 'path, label')],
    ['with spaces before quotation marks', 't.csv', csv((path, label) => `"${path}", "${label}"`)],
    ['with spaces around paths', 't.csv', csv((path, label) => ` ${path} ,${label}`, 'path ,label')],
    [
      'with spaces after some labels',
      't.csv',
      csv((path, label, i) => `${path},${label}${['', ' ', '\u00a0', '\u200b'][i]}`),
    ],
    ['with ./ before paths', 't.csv', csv((path, label) => `./${path},${label}`)],
    ['with . and .. within paths', 't.csv', csv((path, label) => `x/.././${path},${label}`)],
    ['with backslashes', 't.csv', usual.replaceAll('/', '\\')],
    ['with absolute paths', 't.csv', csv((path, label) => `${at(path)},${label}`)],
    ['separated by semicolons', 't.csv', usual.replaceAll(',', ';')],
    ['separated by tabs', 't.tsv', usual.replaceAll(',', '\t')],
    ['separated by tabs in .csv', 't.csv', usual.replaceAll(',', '\t')],
    ['with a line sep=', 't.csv', `sep=;\r\n${usual.replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
    ['with a quoted line sep=', 't.csv', `"sep=|"\n${usual.replaceAll(',', '|')}`],
    ['with CR line ends', 't.csv', usual.replaceAll('\n', '\r')],
    ['with a byte-order mark', 't.csv', `\ufeff${usual}`],
    ['in UTF-16', 't.csv', utf16(`\ufeff${usual}`)],
    ['in UTF-16, the high byte first', 't.csv', utf16(`\ufeff${usual}`, true)],
    ['in UTF-16 without a mark', 't.csv', utf16(usual)],
    ['with a comma at the end of rows', 't.csv', csv((path, label) => `${path},${label},`)],
    [
      'with commas at the end of all lines',
      't.csv',
      csv((path, label) => `${path},${label},,`, 'path,label,,'),
    ],
    ['with empty rows', 't.csv', `${usual}\n,\n , \n`],
    ['without a header', 't.csv', csv((path, label) => `${path},${label}`, '').slice(1)],
    [
      'with an index column without a name',
      't.csv',
      csv((path, label, i) => `${i},${path},${label}`, ',path,label'),
    ],
    ['with columns of other names', 't.csv', csv((path, label) => `${path},${label}`, 'File Name,Category')],
    ['with plural names', 't.csv', csv((path, label) => `${path},${label}`, 'filepaths,labels')],
    [
      'with labels in the only other column',
      't.csv',
      csv((path, label, i) => `${i},${path},${label}`, 'id,image,breed'),
    ],
    [
      'with a column for each class',
      't.csv',
      csv(
        (path, label) => `${path},${Number(label === 'cat')},${label === 'dog' ? '1.0' : '0.0'}`,
        'path,cat,dog',
      ),
    ],
    [
      'with another column for what is also called class',
      't.csv',
      csv((path, label, i) => `${path},${label},${i}`, 'path,label,class'),
    ],
    [
      'in JSONL',
      't.jsonl',
      `\ufeff${pictures.map(([path, label]) => `{"file_name":"${path}","label":"${label} "}`).join('\r')}`,
    ],
    [
      'in JSONL with a key for each class',
      't.jsonl',
      pictures
        .map(([path, label]) => JSON.stringify({ image: path, cat: label === 'cat', dog: label === 'dog' }))
        .join('\n'),
    ],
  ])('%s', async (_, name, content) => {
    expect(await listed(name, content)).toEqual(plain);
  });

  it('if a name on disk holds a backslash or a space', async () => {
    await write('a\\b.png', png);
    await write('img/ c.png', png);
    const images = await listed('t.csv', 'path,label\na\\b.png,a\n"img/ c.png",b\n');
    expect(images.map(({ name }) => name)).toEqual(['a\\b.png', 'img/ c.png']);
  });
});

describe('a table', () => {
  it('takes splits and groups in any spelling', async () => {
    const words = ['Train', ' TRAINING', 'valid', 'Testing '];
    const images = await listed(
      't.csv',
      csv((path, label, i) => `${path},${label},${words[i]},scene ${i % 2}`, 'path,label,Split,group'),
    );
    expect(images.map(({ split }) => split)).toEqual(['train', 'train', 'val', 'test']);
    expect(images.map(({ group }) => group)).toEqual(['scene 0', 'scene 1', 'scene 0', 'scene 1']);
  });

  it('takes a column set for the split only if it names splits', async () => {
    const sets = async (words: readonly string[]) => {
      const images = await listed(
        't.csv',
        csv((path, label, i) => `${path},${label},${words[i]}`, 'path,label,set'),
      );
      return images.map(({ split }) => split);
    };
    expect(await sets(['train', 'dev', 'train', 'train'])).toEqual(['train', 'val', 'train', 'train']);
    expect(await sets(['blue', 'train', 'blue', 'red'])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes texts of one number for one class where all labels are numbers', async () => {
    const labels = async (...own: readonly string[]) =>
      (
        await listed(
          't.csv',
          csv((path, _, i) => `${path},${own[i]}`),
        )
      ).map(({ label }) => label);
    expect(await labels('1', '1.0', '2.', '-0.0')).toEqual(['1', '1', '2', '0']);
    expect(await labels('0.50', '0.5', '10', '10.00')).toEqual(['0.5', '0.5', '10', '10']);
    expect(await labels('1.0', '1', 'v1.0', 'v1')).toEqual(['1.0', '1', 'v1.0', 'v1']);
    const json = pictures.map(([path], i) => `{"path":"${path}","label":${['1', '"1"', '1.0', 'true'][i]}}`);
    expect((await listed('t.jsonl', json.join('\n'))).map(({ label }) => label)).toEqual([
      '1',
      '1',
      '1',
      'true',
    ]);
  });

  it('makes one class of labels that differ in what is not seen', async () => {
    const seen = fc.constantFrom('cat', 'ice cream', 'café', '猫', '👩‍🌾');
    const unseen = fc.constantFrom('', ' ', '\u00a0', '\u200b', '\u2060', '\t', '\ufeff', '\u3000');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(seen, unseen, unseen, fc.constantFrom('NFC', 'NFD')), {
          minLength: 4,
          maxLength: 4,
        }),
        async (labels) => {
          const images = await listed(
            't.csv',
            csv((path, _, i) => {
              const [label, before, after, form] = labels[i]!;
              return `${path},"${before}${label.normalize(form).replace(' ', i % 2 ? '\u00a0' : ' ')}${after}"`;
            }),
          );
          expect(images.map(({ label }) => label)).toEqual(labels.map(([label]) => label.normalize('NFC')));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('says how it was read where its names do not', async () => {
    const notesOf = async (content: string) => {
      await listed('t.csv', content);
      return (await tableCatalog(at('t.csv'))).notes?.join('\n');
    };
    expect(await notesOf(csv((path, label) => `${path},${label}`))).toBe('');
    expect(await notesOf(csv((path, label) => `${path},${label}`, 'path,breed'))).toMatch(/breed/);
    expect(await notesOf(csv((path, label) => `${path},${label}`, '').slice(1))).toMatch(/path, label/);
    expect(await notesOf(csv((path, label, i) => `${path},${i === 0 ? 'Cat' : label}`))).toMatch(
      /Cat and cat/,
    );
  });

  it.each<[string, string, RegExp]>([
    [
      'two columns of labels',
      csv((path, label, i) => `${path},${label},x${i}`, 'path,label,Label '),
      /line 1: .*label/i,
    ],
    [
      'two names of paths',
      csv((path, label) => `${path},${path},${label}`, 'file,image,label'),
      /file, image/,
    ],
    [
      'two names of labels',
      csv((path, label) => `${path},${label},${label}`, 'path,class,species'),
      /class, species/,
    ],
    ['no path', csv((path, label) => `${path},${label}`, 'name,label'), /line 1: .*path.*name, label/],
    [
      'no label',
      csv((path, label) => `${path},${label},x`, 'path,text,author'),
      /line 1: .*label.*text, author/,
    ],
    ['two ones in a row', 'path,cat,dog\nimg/cat/1.png,1,0\nimg/cat/2.png,1,1', /line 3: 2 of the columns/],
    ['no one in a row', 'path,cat,dog\nimg/cat/1.png,1,0\nimg/cat/2.png,0,0', /line 3: 0 of the columns/],
    [
      'a share of a class',
      'path,cat,dog\nimg/cat/1.png,1,0\nimg/cat/2.png,0.5,0.5',
      /line 3: .*cat holds "0\.5"/,
    ],
    ['a label that is missing', 'path,label\nimg/cat/1.png,1\nimg/cat/2.png,nan', /line 3: .*NaN/],
    [
      'a path outside',
      `path,label\n${dirname(at('x'))}/../secret.png,a`,
      /line 2: .*secret\.png.* does not lead/,
    ],
    ['a drive', 'path,label\nC:\\photos\\1.png,a', /line 2: .*C:/],
    ['an address', 'path,label\nhttps://example.org/1.png,a', /line 2: .* is an address/],
    [
      'one file in two spellings',
      'path,label\nimg/cat/1.png,a\n.\\img\\cat\\1.png,b',
      /line 3: .*twice, first in line 2/,
    ],
    ['files that lie elsewhere', 'path,label\ncat/1.png,a\ndog/1.png,b', /none of its files .*cat\/1\.png/],
  ])('is refused with %s', async (_, content, says) => {
    expect((await refusal('t.csv', content)).message).toMatch(says);
  });

  it('in another encoding is refused with the line', async () => {
    const bytes = Buffer.from('path,label\nimg/cat/1.png,cat\nimg/dog/1.png,h\xfcndin\n', 'latin1');
    expect((await refusal('t.csv', bytes)).message).toMatch(/line 3: .*UTF-8/);
  });

  it('of pictures without labels is told apart from one that is broken', async () => {
    for (const [path] of pictures) await write(path, png);
    expect(
      await labeledTable(
        await write(
          'a.csv',
          csv((path) => path, 'file_name'),
        ),
      ),
    ).toBeUndefined();
    expect(
      await labeledTable(
        await write(
          'b.csv',
          csv((path, label) => `${path},${label}`),
        ),
      ),
    ).toHaveProperty('images.length', 4);
    expect(await labeledTable(await write('c.csv', 'x,label\na,b'))).toBeUndefined();
    await expect(labeledTable(await write('d.csv', 'path,label\n../a.png,b'))).rejects.toThrow(/line 2/);
  });
});
