import { join } from 'node:path';
import { ModelError } from '../../core/errors.js';
import {
  checkFields,
  checkFunction,
  checkText,
  fieldsOf,
  oneAmong,
  optional,
  whole,
} from '../../core/kindChecks.js';
import { type RandomStream, randomStream } from '../../core/random.js';
import { fastestDecoder } from '../../data/decode/decoder.js';
import { backgroundFor, type Fit, fits, fitTo } from '../../data/resize.js';
import type { FeatureExtractor, Picture } from '../../models/extractor.js';
import { byteCache, keyOf } from '../byteCache.js';
import { type Catalog, type CatalogImage, checkCatalog, type StoredImage } from './catalog.js';
import { cutToLearn, setsOf } from './cut.js';
import { decodingKey } from './decodeCache.js';
import type { Findings } from './findings.js';
import { collectFacts, FACT_BYTES, factsOf } from './imageFacts.js';
import { nameOfData } from './loadImages.js';
import { listUnread, noneToRead, type ReadOwnOptions, readChecks, readEach } from './readImages.js';

/** Changed versions of a picture whose codes are wanted too. */
export interface PictureVariants {
  /** Number of them for each image that can be learned from. */
  readonly count: number;
  /** True if images that are only tested on have them, too. Default `false`. */
  readonly ofTests?: boolean;
  /** Text of all that they depend on but the picture and the random numbers. */
  readonly about: string;
  /** Pixels of a variant, in the shape of the picture. */
  draw(picture: Picture, random: RandomStream): Float32Array;
}

export interface EmbedOptions extends ReadOwnOptions {
  /** Way to bring images to the extractor's shape. Default `crop`. */
  readonly fit?: Fit;
  /** Default: none. */
  readonly variants?: PictureVariants;
  /** Folder in which codes are kept. Default: `features` in the one that `FEWSHOT_CACHE` names; without that, none. */
  readonly cache?: string;
}

/** Codes of images of your own. Lists have an entry for each image that could be read, in the order of the catalog. */
export interface EmbeddedImages {
  /** Name of the folder or file, without its ending. */
  readonly name: string;
  readonly images: readonly CatalogImage[];
  /** `[latentSize]` each. */
  readonly codes: readonly Float32Array[];
  /** Codes of the variants of each image: none where none are asked for. */
  readonly variants: readonly (readonly Float32Array[])[];
  /** Number of the set of each image: near-duplicates and images of one group have the same. */
  readonly groups: Int32Array;
  /** Indices of images to learn from, to choose settings on, and to be tested on. */
  readonly split: { readonly train: Int32Array; readonly validation: Int32Array; readonly test: Int32Array };
  /** True if the data name no test images: then images to learn from and to be tested on are the same ones. */
  readonly whole: boolean;
  readonly findings: Findings;
  readonly work: EmbeddingWork;
}

/** Effort that codes took. */
export interface EmbeddingWork {
  readonly images: number;
  /** Images whose codes, and those of their variants, were in the cache. */
  readonly cached: number;
  /** Pictures that the extractor was given. */
  readonly forwardPasses: number;
  readonly seconds: number;
}

/** Rises when other pictures are embedded for the same file, or something else is kept beside codes. */
const REVISION = 1;
/** Pictures that an extractor is given at a time: enough to keep it busy, few enough to hold. */
const BATCH = 16;

/** An image without its code, or without those of its variants. */
interface Pending {
  readonly index: number;
  readonly picture: Picture;
  /** Digest of all that its code depends on. */
  readonly digest: string;
  /** Digest of the file alone. */
  readonly content: string;
  /** What is kept beside its code. */
  readonly rest: Uint8Array;
  readonly wants: { readonly own: boolean; readonly variants: boolean };
}

/**
 * Embeds images one batch after another, and keeps their codes alone. With a cache, an image whose file was embedded before is
 * neither decoded nor embedded again. Where a head makes codes of another extractor's, those of the other are kept. A variant
 * depends on the file and its number alone.
 *
 * @throws DataError naming an image that cannot be read, unless `skipBad`, and when there are too few to learn from;
 *   ModelError when the extractor gives codes that are none
 */
export async function embedCatalog(
  catalog: Catalog,
  extractor: FeatureExtractor,
  given: EmbedOptions = {},
): Promise<EmbeddedImages> {
  checkCatalog(catalog, 'embedCatalog');
  checkFields('embedCatalog: the extractor', extractor, {
    embed: checkFunction,
    digest: checkText,
    latentSize: whole(),
  });
  const { head } = extractor;
  if (head !== undefined) {
    // So all heads on the same features share what is kept.
    const found = await embedCatalog(catalog, head.features, given);
    const codesOf = (features: readonly Float32Array[]) => features.map((code) => head.codeOf(code));
    return { ...found, codes: codesOf(found.codes), variants: found.variants.map(codesOf) };
  }
  const {
    fit = 'crop',
    variants,
    cache: folder = defaultFolder(),
    ...options
  } = checkFields('embedCatalog', given, {
    ...readChecks,
    fit: optional(oneAmong(fits)),
    variants: optional(fieldsOf({ count: whole(), about: checkText, draw: checkFunction })),
    cache: optional(checkText),
  });
  const start = performance.now();
  const { signal } = options;
  const background = backgroundFor(fit, options.background);
  const { imageShape: shape, latentSize } = extractor;
  const decoder = options.decoder ?? (await fastestDecoder());
  const decoding = { decoder: decoder.name, shape, fit, background };
  const cache = byteCache(folder);
  const split = isSplit(catalog);
  const varied = (image: CatalogImage) => !split || image.split === 'train' || variants?.ofTests === true;

  const images: CatalogImage[] = [];
  const codes: Float32Array[] = [];
  const ofVariants: (readonly Float32Array[])[] = [];
  const facts = collectFacts(catalog.images.length);
  const unread = listUnread(catalog);
  let [cached, forwardPasses] = [0, 0];
  let pending: Pending[] = [];

  async function embedAll(pictures: readonly Picture[]): Promise<Float32Array[]> {
    const made: Float32Array[] = [];
    for (let from = 0; from < pictures.length; from += BATCH) {
      signal?.throwIfAborted();
      const part = pictures.slice(from, from + BATCH);
      const found = await extractor.embed(part);
      assertCodes(found, part.length, extractor);
      made.push(...found);
    }
    forwardPasses += made.length;
    return made;
  }

  async function embedPending(): Promise<void> {
    const pictures = pending.flatMap(({ picture, content, wants }) => [
      ...(wants.own ? [picture] : []),
      ...(wants.variants ? variantsOf(picture, content, variants!) : []),
    ]);
    const made = await embedAll(pictures);
    let next = 0;
    for (const { index, digest, rest, wants } of pending) {
      if (wants.own) {
        codes[index] = made[next++]!;
        await cache.write(keyOfCode(digest), Buffer.concat([bytesOf(codes[index]!), rest]));
      }
      if (wants.variants) {
        const own = made.slice(next, next + variants!.count);
        next += own.length;
        ofVariants[index] = own;
        await cache.write(keyOfVariants(digest), Buffer.concat(own.map(bytesOf)));
      }
    }
    pending = [];
  }

  const keyOfCode = (digest: string) => keyOf(['code'], Buffer.from(digest));
  const keyOfVariants = (digest: string) =>
    keyOf(['variants', variants!.count, variants!.about], Buffer.from(digest));

  async function digestOf(stored: StoredImage): Promise<string> {
    const header = await stored.header();
    const about = [...decodingKey(decoding, header.format), REVISION, extractor.digest, header];
    return keyOf(about, stored.bytes);
  }

  async function decode(stored: StoredImage) {
    const found = await stored.decode(decoder, background === undefined ? {} : { background });
    return {
      picture: fitTo(found, shape, fit, background),
      content: keyOf('variants', stored.bytes),
      rest: Buffer.concat([factsOf(found), Buffer.from(found.note ?? '')]),
    };
  }

  const found = readEach(catalog, options, async (stored, image) => {
    const digest = await digestOf(stored);
    const own = await cache.read(keyOfCode(digest));
    const wantsOwn = own === undefined || own.length < 4 * latentSize + FACT_BYTES;
    const varies = variants !== undefined && varied(image);
    const made = varies ? await cache.read(keyOfVariants(digest)) : undefined;
    const wantsVariants = varies && made?.length !== 4 * latentSize * variants.count;
    const wants = { own: wantsOwn, variants: wantsVariants };
    // Decoded here, where damage to an image is caught.
    const decoded = wantsOwn || wantsVariants ? await decode(stored) : undefined;
    return { digest, own, made, wants, decoded };
  });
  for await (const reading of found) {
    const { image, read } = reading;
    if (read === undefined) {
      unread.add(reading);
      continue;
    }
    const { digest, own, made, wants, decoded } = read;
    const index = images.push(image) - 1;
    const rest = wants.own ? decoded!.rest : own!.subarray(4 * latentSize);
    const note = Buffer.from(rest.subarray(FACT_BYTES)).toString();
    facts.add(image, rest.subarray(0, FACT_BYTES), note || undefined);
    if (!wants.own) codes[index] = floatsOf(own!.subarray(0, 4 * latentSize), latentSize)[0]!;
    ofVariants[index] = made !== undefined && !wants.variants ? floatsOf(made, latentSize) : [];
    if (decoded === undefined) cached++;
    else pending.push({ index, digest, wants, ...decoded });
    if (pending.length >= BATCH) await embedPending();
  }
  await embedPending();
  await cache.tidy();

  const { passedOver, bad } = unread;
  if (images.length === 0) throw noneToRead(catalog.root, unread);
  const pictures = facts.findings();
  const { train, val, test, heldOut, leftOut, tested, leaks } = cutToLearn(images, catalog.root, pictures);
  const sets = setsOf(images, pictures.alike);
  const groups = Int32Array.from(images, (image) => sets.get(image)!);
  const indicesOf = (...parts: (readonly CatalogImage[])[]) => {
    const chosen = new Set(parts.flat());
    return Int32Array.from([...images.keys()].filter((index) => chosen.has(images[index]!)));
  };
  const used = indicesOf(train, test);
  return {
    name: nameOfData(catalog.root),
    ...{ images, codes, variants: ofVariants, groups, whole: heldOut },
    split: heldOut
      ? { train: used, validation: indicesOf(), test: used }
      : { train: indicesOf(train), validation: indicesOf(val), test: indicesOf(test) },
    findings: {
      ...{ passedOver, notes: catalog.notes ?? [], bad, leftOut, leaks, ...pictures },
      tested: heldOut ? new Set(Array.from(used, (index) => groups[index]!)).size : tested,
    },
    work: {
      ...{ images: images.length, cached, forwardPasses },
      seconds: (performance.now() - start) / 1000,
    },
  };
}

/** The folder of features in the folder of the cache, if there is one. */
function defaultFolder(): string | undefined {
  const cache = process.env.FEWSHOT_CACHE;
  return cache ? join(cache, 'features') : undefined;
}

/** True if the data name images to be tested on. */
function isSplit({ images }: Catalog): boolean {
  for (const { split } of images) if (split === 'test' || split === 'val') return true;
  return false;
}

function variantsOf(picture: Picture, content: string, { count, draw }: PictureVariants): Picture[] {
  return Array.from({ length: count }, (_, number) => ({
    ...picture,
    pixels: draw(picture, randomStream('variant', content, number)),
  }));
}

function assertCodes(
  codes: readonly Float32Array[],
  wanted: number,
  { name, latentSize, latentSpace }: FeatureExtractor,
): void {
  const refuse = (what: string): never => {
    throw new ModelError(`the model ${name} gives ${what}`, {
      hint: 'Its file is damaged, or does not fit what it says of itself.',
      option: 'model',
    });
  };
  if (codes.length !== wanted) refuse(`${codes.length} codes for ${wanted} pictures`);
  for (const code of codes) {
    if (code.length !== latentSize) refuse(`a code of ${code.length} values, not ${latentSize}`);
    const length = Math.hypot(...code);
    if (!Number.isFinite(length)) refuse('a code that is not finite');
    if (latentSpace === 'sphere' && Math.abs(length - 1) > 1e-3) {
      refuse(`a code of length ${length.toPrecision(3)}, not 1`);
    }
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Codes in bytes, copied, as those may begin anywhere. */
function floatsOf(bytes: Uint8Array, latentSize: number): Float32Array[] {
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: values.length / latentSize }, (_, i) =>
    values.slice(i * latentSize, (i + 1) * latentSize),
  );
}
