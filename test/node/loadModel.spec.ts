import { readdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/core/errors.js';
import { readWeights } from '../../src/models/model.js';
import { loadModel } from '../../src/node/loadModel.js';
import { onWasm, tinyCard, tinyFile } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { ownFolder } from './folder.js';

onWasm();
const at = ownFolder();

let file: Uint8Array;
beforeAll(async () => {
  file = await tinyFile();
});

/** The error with which a source is refused. */
async function refusal(source: string | Uint8Array): Promise<ModelError> {
  const error = await expectNoLeak(() =>
    loadModel(source).then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}

describe('loadModel', () => {
  it('takes a path or the bytes of the file', async () => {
    await writeFile(at('my.safetensors'), file);
    await writeFile(at('without-ending'), file);
    const models = await Promise.all(
      [at('my.safetensors'), at('without-ending'), file, Buffer.from(file)].map(loadModel),
    );
    for (const model of models) {
      expect(model.card).toEqual(tinyCard());
      expect(model.digest).toBe(models[0]!.digest);
      expect(readWeights(model)).toEqual(readWeights(models[0]!));
    }
    for (const model of models) model.dispose();
  });

  it('lists the shipped models when there is none of that name', async () => {
    const shipped = await readdir(new URL('../../models/', import.meta.url)).catch(() => []);
    const names = shipped.filter((name) => name.endsWith('.safetensors'));
    const { message, hint } = await refusal('imagenet');
    expect(message).toBe('there is no model named imagenet');
    for (const name of names) expect(hint).toContain(basename(name, '.safetensors'));
    if (names.length === 0) expect(hint).toContain('none');
  });

  it('says what a model that was renamed is called', async () => {
    const { message, hint } = await refusal('mnist-styled');
    expect(message).toBe('there is no model named mnist-styled');
    expect(hint).toMatch(/^It is called mnist now\. Shipped models: /);
  });

  it.each(['gone.safetensors', 'gone', 'no/such/folder'])(
    'says that the path %s leads nowhere',
    async (path) => {
      const { message } = await refusal(at(path));
      expect(message).toBe(`cannot read the model ${at(path)}: no such file or folder`);
    },
  );

  it('takes a name with the ending for a path', async () => {
    expect((await refusal('gone.safetensors')).message).toMatch(/^cannot read the model gone\.safetensors/);
  });

  it('says that a path is a folder', async () => {
    expect((await refusal(at(''))).message).toMatch(/it is a folder$/);
  });

  it('names a file that was cut off or is something else', async () => {
    await writeFile(at('cut.safetensors'), file.subarray(0, file.length - 100));
    expect((await refusal(at('cut.safetensors'))).message).toMatch(/cut\.safetensors: truncated/);
    await writeFile(at('text.safetensors'), 'not a model at all');
    expect((await refusal(at('text.safetensors'))).message).toMatch(
      /text\.safetensors: is not a safetensors file/,
    );
    await writeFile(at('empty.safetensors'), '');
    expect((await refusal(at('empty.safetensors'))).message).toMatch(/empty\.safetensors: only 0 bytes/);
  });

  it('refuses bytes that are no model', async () => {
    expect((await refusal(new Uint8Array(3))).message).toMatch(/^model: only 3 bytes/);
  });
});
