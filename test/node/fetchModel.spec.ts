import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/core/errors.js';
import { loadModel as loadInBrowser } from '../../src/models/fetchModel.js';
import { readWeights } from '../../src/models/model.js';
import { loadModel as loadInNode } from '../../src/node/loadModel.js';
import { onWasm, tinyCard, tinyFile } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { ownFolder } from './folder.js';

onWasm();
const at = ownFolder();

let file: Uint8Array;
let server: Server;
let address: string;
beforeAll(async () => {
  file = await tinyFile();
  server = createServer((request, response) => {
    if (request.url === '/gone') response.writeHead(404, 'Not Found').end();
    else response.end(request.url === '/cut' ? file.subarray(0, 500) : file);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

describe.each([
  ['in Node', loadInNode],
  ['in a browser', loadInBrowser],
])('loadModel %s', (_, loadModel) => {
  it('takes a URL, as text or object, and bytes in both forms', async () => {
    const buffer = Uint8Array.from(file).buffer;
    const sources = [`${address}/tiny`, new URL(`${address}/tiny`), file, buffer];
    await expectNoLeak(async () => {
      const models = await Promise.all(sources.map(loadModel));
      for (const model of models) {
        expect(model.card).toEqual(tinyCard());
        expect(model.digest).toBe(models[0]!.digest);
        expect(readWeights(model)).toEqual(readWeights(models[0]!));
      }
      for (const model of models) model.dispose();
    });
  });

  it('names a URL that it cannot read', async () => {
    const refusal = (url: string) => loadModel(url).catch((error: unknown) => error as ModelError);
    const gone = await refusal(`${address}/gone`);
    expect(gone).toBeInstanceOf(ModelError);
    expect((gone as ModelError).message).toBe(
      `cannot fetch the model ${address}/gone: the server answers 404 Not Found`,
    );
    expect(await refusal(`${address}/cut`)).toMatchObject({
      message: expect.stringMatching(/\/cut: truncated/),
    });
    expect(await refusal('http://127.0.0.1:1/closed')).toMatchObject({
      name: 'ModelError',
      message: expect.stringMatching(/^cannot fetch the model http:\/\/127\.0\.0\.1:1\/closed: /),
      cause: expect.anything(),
    });
  });
});

it('takes a file: URL in Node', async () => {
  await writeFile(at('my tiny.safetensors'), file);
  const model = await loadInNode(pathToFileURL(at('my tiny.safetensors')));
  expect(model.card.name).toBe('tiny');
  model.dispose();
});
