import { createHash } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { sha256 } from '../../src/models/safetensors.js';

it('digests like Node, of the bytes of a view alone', async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
  for (const part of [bytes, bytes.subarray(0, 0), bytes.subarray(17, 290)]) {
    expect(await sha256(part)).toBe(createHash('sha256').update(part).digest('hex'));
  }
});

it('says what a page without Web Crypto can do', async () => {
  vi.stubGlobal('crypto', {});
  await expect(sha256(new Uint8Array(1))).rejects.toMatchObject({
    name: 'ModelError',
    hint: 'Serve it over https, or from localhost.',
  });
  vi.unstubAllGlobals();
});
