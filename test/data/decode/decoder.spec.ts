import { describe, expect, it } from 'vitest';
import { fastestDecoder, javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { imageHeader } from '../../../src/data/decode/imageHeader.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { fitTo } from '../../../src/data/resize.js';
import { bytesOf, farthest, pixelsOf, references } from './references.js';

describe('decoders', () => {
  it('tell files apart by their bytes, not by their names', async () => {
    const png = encodePng(Float32Array.of(0, 1, 0.2, 0.4), [2, 2, 1]);
    expect((await javascriptDecoder.decode(png, 'cat.jpg')).shape).toEqual([2, 2, 1]);
    expect(imageHeader(png, 'cat.jpg')).toEqual({ format: 'png', width: 2, height: 2, channels: 1 });
    const jpeg = bytesOf(references.turned[5]!);
    expect((await javascriptDecoder.decode(jpeg, 'cat.png')).shape).toEqual([...references.shape, 3]);
    const [height, width] = references.shape;
    expect(imageHeader(jpeg, 'cat.png')).toEqual({ format: 'jpeg', width, height, channels: 3 });
  });

  it('name what is neither', async () => {
    const text = new TextEncoder().encode('<svg/>');
    await expect(javascriptDecoder.decode(text, 'a/b.png')).rejects.toThrow(
      /^a\/b\.png is neither PNG nor JPEG$/,
    );
    expect(() => imageHeader(new Uint8Array(), 'c.jpg')).toThrow(
      /c\.jpg is neither PNG nor JPEG: it is empty/,
    );
  });

  it('give the same pixels within 2/255, whether sharp is installed or not', async () => {
    const fast = await fastestDecoder();
    const to = [48, 48, 3] as const;
    for (const { name, jpeg, pixels } of references.decoded) {
      const ours = await fast.decode(bytesOf(jpeg), name);
      const theirs = fitTo(pixelsOf(pixels, references.shape), to, 'letterbox');
      expect(farthest(fitTo(ours, to, 'letterbox'), theirs), `${fast.name} ${name}`).toBeLessThanOrEqual(2);
    }
    await expect(fast.decode(bytesOf(references.turned[0]!).subarray(0, 900), 'cut.jpg')).rejects.toThrow(
      /^cut\.jpg is damaged/,
    );
  });
});
