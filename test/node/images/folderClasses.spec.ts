import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import type { PassedOver } from '../../../src/node/images/findings.js';
import { folderClasses } from '../../../src/node/images/folderClasses.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();

async function touch(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), '');
  }
}

/** All that a folder gives: its pictures, `split:label path`, and what is passed over, by reason. */
async function listed(root = at(''), nested = false, levels = 1) {
  const passedOver: PassedOver[] = [];
  const pictures: string[] = [];
  const classes = folderClasses(root, { nested, levels, onPassedOver: (file) => passedOver.push(file) });
  for await (const { label, folder, files, split } of classes)
    pictures.push(
      ...files.map((file) => `${split === undefined ? '' : `${split}:`}${label} ${folder}${file}`),
    );
  return { pictures, passedOver, names: passedOver.map(({ name }) => name).sort() };
}

async function refusal(root = at(''), nested = false): Promise<DataError> {
  const error = await listed(root, nested).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).hint).toBeTruthy();
  expect((error as DataError).hint).not.toMatch(/away|delete|remove/i);
  return error as DataError;
}

describe('files of a class', () => {
  it('are pictures by their endings, in any case', async () => {
    const endings = [
      ...['png', 'PNG', 'jpg', 'JPG', 'Jpeg', 'jfif', 'JPE', 'webp', 'avif', 'gif', 'tif', 'TIFF'],
      ...['heic', 'HEIF', 'bmp'],
    ];
    await touch(...endings.map((ending) => `cup/x.${ending}`));
    const { pictures, passedOver } = await listed();
    expect(pictures).toHaveLength(endings.length);
    expect(passedOver).toEqual([]);
  });

  it('are passed over by name if a person may mean them, with one reason for files of a kind', async () => {
    const others = [
      'a.pdf',
      'b.PDF',
      'c.txt',
      'd.zip',
      'e.psd',
      'f.svg',
      'g.cr2',
      'h.mp4',
      'LICENSE',
      'i.json',
      'j.avi',
    ];
    await touch('cup/1.png', ...others.map((name) => `cup/${name}`));
    const { pictures, passedOver, names } = await listed();
    expect(pictures).toEqual(['cup cup/1.png']);
    expect(names).toEqual(others.map((name) => `cup/${name}`).sort());
    const reasonOf = new Map(passedOver.map(({ name, reason }) => [name, reason]));
    expect(reasonOf.get('cup/a.pdf')).toBe(reasonOf.get('cup/b.PDF'));
    expect(reasonOf.get('cup/a.pdf')).toMatch(/\.pdf/);
    expect(reasonOf.get('cup/g.cr2')).toMatch(/PNG or JPEG/);
  });

  it('are passed over in silence if nobody means them', async () => {
    const system = ['.DS_Store', '._IMG_1.JPG', 'Thumbs.db', 'desktop.ini', 'ehthumbs.db', 'Icon\r'];
    const edits = ['IMG_1.AAE', 'IMG_7.MOV', 'IMG_9.xmp', 'metadata.json', 'metadata(1).json'];
    const companions = ['IMG_1.MOV', 'IMG_2.mp4', 'IMG_1.JPG.json', 'IMG_2.HEIC.supplemental-metadata.json'];
    const folders = ['@eaDir/1.JPG/thumb.jpg', '__MACOSX/1.JPG', '.ipynb_checkpoints/1.png', '.git/1.png'];
    const silent = [...system, ...edits, ...companions, ...folders].map((name) => `cup/${name}`);
    await touch('cup/IMG_1.JPG', 'cup/IMG_2.HEIC', 'key/1.png', ...silent);
    await touch(
      ...folders,
      'Thumbs.db',
      '.DS_Store',
      'fewshot.config.json',
      'own.safetensors',
      'manifest.jsonl',
    );
    expect(await listed()).toEqual({
      pictures: ['cup cup/IMG_1.JPG', 'cup cup/IMG_2.HEIC', 'key key/1.png'],
      passedOver: [],
      names: [],
    });
  });

  it('are passed over in folders within the class, and read if nested is set', async () => {
    const inner = ['cup/2024-05/IMG_10.JPG', 'cup/2024-05/IMG_9.JPG', 'cup/2024-05/raw/deep/3.png'];
    await touch('cup/1.png', 'key/2.png', 'cup/2024-05/notes.txt', ...inner);
    const flat = await listed();
    expect(flat.pictures).toEqual(['cup cup/1.png', 'key key/2.png']);
    expect(flat.names).toEqual(inner);
    for (const { reason } of flat.passedOver) expect(reason).toMatch(/nested/);
    const { pictures, names } = await listed(at(''), true);
    expect(pictures).toEqual([
      ...['1.png', '2024-05/IMG_9.JPG', '2024-05/IMG_10.JPG', '2024-05/raw/deep/3.png'].map(
        (file) => `cup cup/${file}`,
      ),
      'key key/2.png',
    ]);
    expect(names).toEqual(['cup/2024-05/notes.txt']);
  });

  it('are read to a bounded depth', async () => {
    const deep = `cup/${'d/'.repeat(20)}1.png`;
    await touch('cup/1.png', deep);
    const { pictures, passedOver } = await listed(at(''), true);
    expect(pictures).toEqual(['cup cup/1.png']);
    expect(passedOver).toEqual([{ name: deep, reason: expect.stringMatching(/16 folders/) }]);
  });

  it('are no links', async () => {
    await touch('cup/1.png', 'elsewhere/2.png');
    await symlink(at('elsewhere'), at('cup', 'more'));
    expect((await listed()).names).toEqual(['cup/more']);
    expect((await refusal(at(''), true)).message).toMatch(/cup\/more is a symbolic link/);
    await symlink(at('elsewhere', '2.png'), at('cup', '2.png'));
    expect((await refusal()).message).toMatch(/cup\/2\.png is a symbolic link/);
  });

  it('are all read or passed over: none of those that a person may mean is lost', async () => {
    const part = fc.constantFrom('cup', 'key', 'train', 'Test', 'a', 'data', 'dev');
    const file = fc.constantFrom('1.png', '2.JPG', '3.gif', '4.pdf', '10.png', 'x.cr2', 'notes');
    const path = fc
      .tuple(fc.array(part, { maxLength: 4 }), file)
      .map(([parts, name]) => ['r', ...parts, name].join('/'));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (paths, nested) => {
          await rm(at('r'), { recursive: true, force: true });
          await touch(...paths);
          const found = await listed(at('r'), nested).catch((error: unknown) => {
            expect(error).toBeInstanceOf(DataError);
          });
          if (found === undefined) return;
          const used = found.pictures.map((line) => line.slice(line.indexOf(' ') + 1));
          expect(new Set(used).size).toBe(used.length);
          for (const path of paths.filter((name) => /\.(png|jpg|gif)$/i.test(name)))
            expect([...used, ...found.names].filter((name) => `r/${name}` === path)).toHaveLength(1);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('class folders', () => {
  it('without pictures are left out by name', async () => {
    await touch('cup/1.png', 'key/2.png', 'pen/scan.pdf');
    await mkdir(at('empty'));
    const { pictures, names } = await listed();
    expect(pictures).toHaveLength(2);
    expect(names).toEqual(['empty', 'pen', 'pen/scan.pdf']);
  });

  it('have nothing beside them that is read', async () => {
    await touch('cup/1.png', 'key/2.png', 'loose.png', 'README.txt');
    const { pictures, passedOver } = await listed();
    expect(pictures).toHaveLength(2);
    expect(passedOver).toEqual([
      { name: 'loose.png', reason: expect.stringMatching(/beside/) },
      { name: 'README.txt', reason: expect.stringMatching(/\.txt/) },
    ]);
  });

  it.each([
    ['one', 'photos'],
    ['several', 'dataset/dataset/images'],
  ])('may be wrapped in %s others', async (_, wrapper) => {
    await touch(
      ...['rose/1.png', 'tulip/2.png', '__MACOSX/._x'].map((path) => `${wrapper}/${path}`),
      '__MACOSX/1.png',
    );
    await mkdir(at('annotations'));
    expect((await listed()).pictures).toEqual([`rose ${wrapper}/rose/1.png`, `tulip ${wrapper}/tulip/2.png`]);
  });

  it('may be one only', async () => {
    await touch('cup/1.png');
    expect((await listed()).pictures).toEqual(['cup cup/1.png']);
  });

  it('come as people count, and so do their files', async () => {
    await touch(...['0', '1', '2', '10', '11'].flatMap((name) => [`${name}/9.png`, `${name}/10.png`]));
    const { pictures } = await listed();
    expect(pictures.map((line) => line.split(' ')[1])).toEqual(
      ['0', '1', '2', '10', '11'].flatMap((name) => [`${name}/9.png`, `${name}/10.png`]),
    );
  });

  it('in two forms of one name are one class', async () => {
    await touch('caf\u00e9/1.png', 'cafe\u0301/1.png', 'the\u0301/1.png', 'cafz/1.png');
    const { pictures } = await listed();
    expect(pictures.map((line) => line.split(' ')[0])).toEqual([
      'cafz',
      'caf\u00e9',
      'caf\u00e9',
      'th\u00e9',
    ]);
    expect(new Set(pictures).size).toBe(4);
  });

  it('that hold only folders are told of nested', async () => {
    await touch('cup/2024/1.png', 'key/2024/2.png');
    const error = await refusal();
    expect(error.options).toContain('nested');
    expect((await listed(at(''), true)).pictures).toHaveLength(2);
  });

  it('are needed, else files are named that are not read', async () => {
    await touch('cup/1.psd');
    expect((await refusal()).hint).toMatch(/cup\/1\.psd/);
  });
});

describe('splits', () => {
  it.each([
    [
      ['train', 'test'],
      ['train', 'test'],
    ],
    [
      ['Train', 'Test'],
      ['train', 'test'],
    ],
    [
      ['TRAIN', 'VAL', 'TEST'],
      ['train', 'val', 'test'],
    ],
    [
      ['training', 'testing'],
      ['train', 'test'],
    ],
    [
      ['training', 'validation', 'testing'],
      ['train', 'val', 'test'],
    ],
    [
      ['train', 'dev', 'test'],
      ['train', 'val', 'test'],
    ],
    [
      ['trn', 'valid', 'tst'],
      ['train', 'val', 'test'],
    ],
    [
      ['train', 'eval'],
      ['train', 'test'],
    ],
    [
      ['training_set', 'test_set'],
      ['train', 'test'],
    ],
    [['train'], ['train']],
  ])('may be called %s', async (folders, splits) => {
    await touch(...folders.flatMap((folder) => [`${folder}/cup/1.png`, `${folder}/key/2.png`]), 'notes.md');
    const { pictures } = await listed();
    expect(pictures).toEqual(
      folders.flatMap((folder, i) => [
        `${splits[i]}:cup ${folder}/cup/1.png`,
        `${splits[i]}:key ${folder}/key/2.png`,
      ]),
    );
  });

  it('may be wrapped, and wrap themselves', async () => {
    await touch('data/training_set/training_set/cup/1.png', 'data/test_set/test_set/cup/2.png');
    expect((await listed()).pictures).toEqual([
      'train:cup data/training_set/training_set/cup/1.png',
      'test:cup data/test_set/test_set/cup/2.png',
    ]);
  });

  it('are read beside folders that hold no classes', async () => {
    await touch(
      'train/cup/1.png',
      'test/cup/2.png',
      '__MACOSX/train/cup/._1.png',
      '.ipynb_checkpoints/a/1.png',
    );
    await touch('output/run/1.png', 'docs/x.pdf');
    const { pictures, names } = await listed();
    expect(pictures).toEqual(['train:cup train/cup/1.png', 'test:cup test/cup/2.png']);
    expect(names).toEqual(['docs', 'docs/x.pdf', 'output/run/1.png']);
  });

  it('have class folders: pictures in none are passed over', async () => {
    await touch('train/cup/1.png', 'train/key/1.png', 'test/1.png', 'test/2.png');
    const unlabeled = await listed();
    expect(unlabeled.pictures).toEqual(['train:cup train/cup/1.png', 'train:key train/key/1.png']);
    expect(unlabeled.names).toEqual(['test/1.png', 'test/2.png']);
    await rm(at('test'), { recursive: true });
    await touch('test/cup/3.png', 'train/stray.png');
    const { pictures, names } = await listed();
    expect(pictures).toHaveLength(3);
    expect(names).toEqual(['train/stray.png']);
  });

  it('that are empty are left out by name', async () => {
    await touch('train/cup/1.png', 'train/key/1.png');
    await mkdir(at('test', 'cup'), { recursive: true });
    const { pictures, names } = await listed();
    expect(pictures).toHaveLength(2);
    expect(names).toEqual(['test']);
  });

  it('keep classes that differ from split to split', async () => {
    await touch('train/cup/1.png', 'train/key/1.png', 'test/cup/1.png');
    await mkdir(at('test', 'key'));
    expect((await listed()).names).toEqual(['test/key']);
  });

  it('are refused beside classes, with the folders that are meant by neither name', async () => {
    await touch('train/cup/1.png', 'test/cup/2.png', 'pen/3.png');
    const { message, hint } = await refusal();
    expect(message).toMatch(/train/);
    expect(message).toMatch(/pen/);
    expect(hint).toMatch(/train as the data/);
  });

  it('are refused without one to learn from', async () => {
    await touch('val/cup/1.png', 'test/cup/2.png');
    expect((await refusal()).message).toMatch(/test, val.*train/);
  });

  it('are classes beside others if all pictures lie deeper', async () => {
    await touch('train/2024/1.png', 'car/2024/2.png');
    expect((await refusal()).options).toContain('nested');
    expect((await listed(at(''), true)).pictures).toEqual(['car car/2024/2.png', 'train train/2024/1.png']);
  });

  it('are classes if pictures lie in them', async () => {
    await touch('train/1.png', 'test/2.png', 'car/3.png');
    expect((await listed()).pictures.map((line) => line.split(' ')[0])).toEqual(['car', 'test', 'train']);
    await touch('train/2024/4.png');
    const { pictures, names } = await listed();
    expect(pictures).toHaveLength(3);
    expect(names).toEqual(['train/2024/4.png']);
  });
});

describe('classes in folders of classes', () => {
  it('have the names of both folders, as people count', async () => {
    await touch('Latin/c10/a.png', 'Latin/c2/a.png', 'Greek/c1/b.png', 'Greek/c1/a.png');
    const { pictures, passedOver } = await listed(at(''), false, 2);
    expect(pictures).toEqual([
      ...['Greek/c1 Greek/c1/a.png', 'Greek/c1 Greek/c1/b.png'],
      ...['Latin/c2 Latin/c2/a.png', 'Latin/c10 Latin/c10/a.png'],
    ]);
    expect(passedOver).toEqual([]);
  });

  it('may lie in a folder that wraps them, or in one of several', async () => {
    await touch('images/Greek/c1/a.png', 'images/Latin/c1/a.png');
    expect((await listed(at(''), false, 2)).pictures).toEqual([
      'Greek/c1 images/Greek/c1/a.png',
      'Latin/c1 images/Latin/c1/a.png',
    ]);
    await touch('more/Thai/c1/a.png');
    expect((await listed(at(''), false, 2)).pictures[2]).toBe('Thai/c1 more/Thai/c1/a.png');
  });

  it('keep the name of a single folder of classes', async () => {
    await touch('Greek/c1/a.png', 'Greek/c2/a.png');
    expect((await listed(at(''), false, 2)).pictures).toEqual([
      'Greek/c1 Greek/c1/a.png',
      'Greek/c2 Greek/c2/a.png',
    ]);
  });

  it('may be split', async () => {
    await touch('train/Greek/c1/a.png', 'train/Latin/c1/a.png', 'test/Greek/c1/b.png');
    expect((await listed(at(''), false, 2)).pictures).toEqual([
      'train:Greek/c1 train/Greek/c1/a.png',
      'train:Latin/c1 train/Latin/c1/a.png',
      'test:Greek/c1 test/Greek/c1/b.png',
    ]);
  });

  it('pass over pictures beside them, and those in folders within them unless they are wanted', async () => {
    await touch('Greek/x.png', 'Greek/c1/a.png', 'Greek/c1/more/b.png', 'Latin/c1/a.png');
    const { pictures, passedOver } = await listed(at(''), false, 2);
    expect(pictures).toHaveLength(2);
    expect(passedOver.map(({ name }) => name)).toEqual(['Greek/x.png', 'Greek/c1/more/b.png']);
    expect((await listed(at(''), true, 2)).pictures).toContain('Greek/c1 Greek/c1/more/b.png');
  });

  it('are refused where no folder lies so deep', async () => {
    await touch('cat/a.png', 'dog/a.png');
    await expect(listed(at(''), false, 2)).rejects.toThrow(
      /holds no images in 2 folders, one within the other/,
    );
  });

  it('are not reached by a link', async () => {
    await touch('Greek/c1/a.png', 'Latin/c1/a.png');
    await symlink(at('Greek/c1'), at('Latin/c2'));
    await expect(listed(at(''), false, 2)).rejects.toThrow(/symbolic link/);
  });
});
