import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelError, UsageError } from '../../src/core/errors.js';
import type { ExtractorCard } from '../../src/models/extractorCard.js';
import { encodeExtractor } from '../../src/models/extractorFile.js';
import { onnxRuntime } from '../../src/models/extractorKinds.js';
import { loadExtractor as loadInBrowser } from '../../src/models/fetchExtractor.js';
import { loadExtractor as loadInNode } from '../../src/node/loadExtractor.js';
import { type Files, graphFiles, picture, teachableFiles, zipOf } from '../models/foreign.js';
import { onnxClassifier } from '../models/onnxWriter.js';
import { onWasm, tinyFile, tinyModel } from '../models/tiny.js';
import { tinyExtractor, tinyHead, tinyHeadCard } from '../models/tinyExtractor.js';
import { expectNoLeak } from '../tensors.js';
import { ownFolder } from './folder.js';

onWasm();
const at = ownFolder();

let teachable: Files;
let autoencoder: Uint8Array;
let server: Server;
let address: string;
beforeAll(async () => {
  [teachable, autoencoder] = [await teachableFiles(), await tinyFile()];
  const files: Files = { 'tiny.safetensors': autoencoder, 'tm.zip': zipOf(teachable) };
  for (const [name, bytes] of Object.entries(teachable)) files[`tm/${name}`] = bytes;
  for (const [name, bytes] of Object.entries(graphFiles())) files[`graph/${name}`] = bytes;
  server = createServer((request, response) => {
    const bytes = files[request.url!.slice(1)];
    if (bytes === undefined) response.writeHead(404, 'Not Found').end();
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

/** Writes files into a folder. */
async function written(folder: string, files: Files): Promise<string> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(at(folder, name)), { recursive: true });
    await writeFile(at(folder, name), bytes);
  }
  return at(folder);
}

/** The error with which a source is refused; nothing stays alive of it. */
async function refusal(load: () => Promise<unknown>): Promise<ModelError> {
  const error = await expectNoLeak(() =>
    load().then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}

describe('loadExtractor in Node', () => {
  it('takes a Teachable Machine project as a folder, its model.json, a URL of it, and a zip archive', async () => {
    const folder = await written('my-project', teachable);
    await written('', { 'download.zip': zipOf(teachable), 'packed.zip': zipOf(teachable, 'inner/') });
    const sources = [
      folder,
      at('my-project', 'model.json'),
      pathToFileURL(at('my-project', 'model.json')),
      at('download.zip'),
      at('packed.zip'),
      zipOf(teachable),
    ];
    await expectNoLeak(async () => {
      const loaded = await Promise.all(sources.map((source) => loadInNode(source)));
      expect(loaded.map(({ name }) => name)).toEqual([
        ...Array(3).fill('my-project'),
        'download',
        'packed',
        'model',
      ]);
      for (const extractor of loaded) {
        expect(extractor).toMatchObject({ latentSize: 6, digest: loaded[0]!.digest, labels: ['cat', 'dog'] });
        expect(extractor.describe().join('\n')).toContain('pixels as (pixel − 0.498');
        extractor.dispose();
      }
    });
  });

  it('takes a graph model, with the output that is asked for', async () => {
    const folder = await written('graph', graphFiles());
    const extractor = await loadInNode(`${folder}/model.json`, { output: 'mean', name: 'mine' });
    expect(extractor).toMatchObject({ name: 'mine', latentSize: 5 });
    extractor.dispose();
  });

  it('takes an autoencoder, whose codes are those that it encodes', async () => {
    await written('', { 'tiny.safetensors': autoencoder });
    const model = await tinyModel();
    const [gray, color] = [picture(12, 12, 1), picture(40, 30, 3)];
    for (const source of [at('tiny.safetensors'), autoencoder]) {
      const extractor = await loadInNode(source);
      expect(extractor).toMatchObject({
        name: 'tiny',
        digest: model.digest,
        latentSize: 4,
        seen: { name: 'noise' },
      });
      expect(extractor.base?.codes).toHaveLength(6);
      const [code, other] = await extractor.embed([gray, color]);
      const expected = model.encode((await import('@tensorflow/tfjs')).tensor4d(gray.pixels, [1, 12, 12, 1]));
      expect([...code!]).toEqual([...expected.dataSync()]);
      expect([...(await extractor.embed([color]))[0]!]).toEqual([...other!]);
      expect(Math.hypot(...other!)).toBeCloseTo(1, 5);
      extractor.dispose();
      expected.dispose();
    }
    model.dispose();
  });

  it('prefers a shipped name to a folder that is called the same', async () => {
    const before = process.cwd();
    await written('mnist-plain', { 'cat/1.png': new Uint8Array(3) });
    process.chdir(at());
    try {
      const extractor = await loadInNode('mnist-plain');
      expect(extractor).toMatchObject({ name: 'mnist-plain', latentSize: 32 });
      extractor.dispose();
    } finally {
      process.chdir(before);
    }
  });

  it('lists the shipped ones when there is none of that name', async () => {
    const { message, hint } = await refusal(() => loadInNode('imagenet'));
    expect(message).toBe('there is no model named imagenet');
    expect(hint).toContain('mnist');
  });

  it.each(['gone.onnx', 'gone/model.json', 'gone.zip'])(
    'says that the path %s leads nowhere',
    async (path) => {
      const { message } = await refusal(() => loadInNode(at(path)));
      expect(message).toBe(`cannot read the extractor ${at(path)}: no such file or folder`);
    },
  );

  it('names the folder without a model', async () => {
    await written('photos', { 'cat/1.png': new Uint8Array(3) });
    const { message } = await refusal(() => loadInNode(at('photos')));
    expect(message).toContain(`${at('photos', 'model.json')}: no such file or folder`);
  });
});

describe('loadExtractor of files of this library', () => {
  const headOn = (features: Required<ExtractorCard>['features']) =>
    encodeExtractor({ head: tinyHead() }, { ...tinyHeadCard(), features });

  it('takes a shipped name, with another side of pictures', async () => {
    const { digest, imageShape } = await (async () => {
      const usual = await loadInNode('photos-small');
      usual.dispose();
      return usual;
    })();
    expect(imageShape).toEqual([160, 160, 3]);
    const smaller = await loadInNode('photos-small', { side: 64 });
    expect(smaller).toMatchObject({ name: 'photos-small', imageShape: [64, 64, 3], latentSize: 320 });
    expect(smaller.digest).not.toBe(digest);
    smaller.dispose();
  });

  it('loads the extractor below a head: shipped, beside it, or given', async () => {
    const model = await tinyModel();
    const given = tinyExtractor();
    await written('', {
      'inner.safetensors': autoencoder,
      'head.safetensors': await encodeExtractor(
        {
          head: {
            center: new Float32Array(4),
            kernel: Float32Array.from({ length: 8 }, (_, i) => i),
            latentSize: 2,
          },
        },
        { ...tinyHeadCard(), features: { name: 'inner', sha256: model.digest } },
      ),
      'given.safetensors': await headOn({ name: 'tiny', sha256: given.digest }),
    });
    await expectNoLeak(async () => {
      const beside = await loadInNode(at('head.safetensors'));
      expect(beside).toMatchObject({ name: 'tiny-head', latentSize: 2 });
      const [code] = await beside.embed([picture(12, 12, 1)]);
      expect(Math.hypot(...code!)).toBeCloseTo(1, 5);
      beside.dispose();
      const other = await loadInNode(at('given.safetensors'), { features: given });
      expect(other).toMatchObject({ latentSize: 4, imageShape: [2, 2, 3] });
      other.dispose();
    });
    model.dispose();
  });

  it('refuses a head whose extractor is missing, another, or itself', async () => {
    await written('', {
      'lone.safetensors': await headOn({ name: 'gone', sha256: 'a' }),
      'inner.safetensors': autoencoder,
      'altered.safetensors': await headOn({ name: 'inner', sha256: 'abc' }),
      'loop.safetensors': await headOn({ name: 'loop', sha256: 'a' }),
      'climbing.safetensors': await headOn({ name: '../loop', sha256: 'a' }),
    });
    const messageOf = async (name: string) => (await refusal(() => loadInNode(at(name)))).message;
    expect(await messageOf('lone.safetensors')).toContain(
      'takes features of gone, which is neither shipped nor',
    );
    expect(await messageOf('altered.safetensors')).toContain(
      'was trained on features of inner with SHA-256 abc',
    );
    expect(await messageOf('loop.safetensors')).toContain('which names others without end');
    expect(await messageOf('climbing.safetensors')).toContain('../loop, which is no name of a file');
  });
});

describe('loadExtractor of an ONNX file', () => {
  it('takes a path, with a side of pictures', async () => {
    await written('', { 'small.onnx': onnxClassifier({ shape: ['n', 3, 'h', 'w'] }) });
    const extractor = await loadInNode(at('small.onnx'), { side: 8, output: 'active' });
    expect(extractor).toMatchObject({ name: 'small', imageShape: [8, 8, 3], latentSize: 5 });
    expect(await extractor.embed([picture(20, 20, 3)])).toHaveLength(1);
    extractor.dispose();
  });

  it('says how to install the package that runs it', async () => {
    const failing = () => Promise.reject(new Error('Cannot find package'));
    await expect(onnxRuntime('onnxruntime-node', failing)).rejects.toMatchObject({
      name: 'UsageError',
      message: 'ONNX files are run by the package onnxruntime-node, which is not installed',
      hint: expect.stringContaining('npm install onnxruntime-node'),
    });
  });
});

describe.each([
  ['in Node', loadInNode],
  ['in a browser', loadInBrowser],
])('loadExtractor %s', (_, load) => {
  it('takes URLs, with the files beside them, and bytes in both forms', async () => {
    const buffer = Uint8Array.from(zipOf(teachable)).buffer;
    await expectNoLeak(async () => {
      const loaded = await Promise.all(
        [`${address}/tm/model.json`, new URL(`${address}/tm/model.json`), `${address}/tm.zip`, buffer].map(
          (source) => load(source),
        ),
      );
      for (const extractor of loaded) {
        expect(extractor).toMatchObject({ latentSize: 6, digest: loaded[0]!.digest, labels: ['cat', 'dog'] });
        extractor.dispose();
      }
      const onnx = await load(onnxClassifier());
      expect(onnx).toMatchObject({ name: 'model', latentSize: 5 });
      onnx.dispose();
      const graph = await load(`${address}/graph/model.json`, { output: 'mean' });
      expect(graph).toMatchObject({ name: 'graph', latentSize: 5 });
      graph.dispose();
      const own = await load(`${address}/tiny.safetensors`);
      expect(own).toMatchObject({ name: 'tiny', latentSize: 4 });
      own.dispose();
    });
  });

  it('names a URL that it cannot read', async () => {
    const gone = await refusal(() => load(`${address}/gone`));
    expect(gone.message).toBe(`cannot fetch the extractor ${address}/gone: the server answers 404`);
    const closed = await refusal(() => load('http://127.0.0.1:1/closed'));
    expect(closed.message).toMatch(/^cannot fetch the extractor http:\/\/127\.0\.0\.1:1\/closed: /);
  });

  it.each<[string, () => Uint8Array, string]>([
    ['nothing', () => new Uint8Array(), 'is no extractor that is known'],
    ['a text', () => new TextEncoder().encode('hello, world'), 'is no extractor that is known'],
    [
      'a file of Keras',
      () => Uint8Array.from('\x89HDF\r\n\x1a\n', (letter) => letter.charCodeAt(0)),
      'is no extractor that is known',
    ],
    ['a truncated archive', () => zipOf(teachable).slice(0, -100), 'damaged'],
    ['an archive of pictures', () => zipOf({ 'a.png': new Uint8Array(9) }), 'holds 0 files model.json'],
    [
      'an archive of two models',
      () => zipOf({ 'a/model.json': new Uint8Array(9), 'b/model.json': new Uint8Array(9) }),
      'holds 2 files model.json',
    ],
    [
      'an archive without weights',
      () => zipOf({ 'model.json': teachable['model.json']! }),
      'weights.bin are missing',
    ],
    ['a truncated model', () => autoencoder.slice(0, 700), 'truncated'],
  ])('refuses %s', async (_, bytes, message) => {
    expect((await refusal(() => load(bytes()))).message).toContain(message);
  });

  it('says which download of Teachable Machine to choose', async () => {
    const { hint } = await refusal(() =>
      load(zipOf({ 'keras_model.h5': new Uint8Array(9), 'labels.txt': new Uint8Array(9) })),
    );
    expect(hint).toBe('Teachable Machine offers several exports: choose Tensorflow.js, Download.');
  });

  it('refuses options that a file of this library answers itself', async () => {
    await expect(load(autoencoder, { output: 'conv1' })).rejects.toThrow(UsageError);
    await expect(load(autoencoder, { output: 'conv1' })).rejects.toThrow('takes no output');
    await expect(load(autoencoder, { preprocessing: 'imagnet' as never })).rejects.toThrow(
      'preprocessing is imagnet',
    );
  });
});
