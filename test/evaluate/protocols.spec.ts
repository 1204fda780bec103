import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { byteSource } from '../../src/data/imageSource.js';
import {
  type GivenEncoderProtocol,
  protocolNames,
  protocols,
  trainsEncoder,
} from '../../src/evaluate/protocols.js';
import type { ModelCard } from '../../src/models/modelCard.js';
import { tinyCard } from '../models/tiny.js';

const classes = [0, 1, 2, 3];
const source = (count: number) =>
  byteSource(
    Uint8Array.from({ length: count }, (_, i) => i),
    [1, 1, 1],
    Int32Array.from({ length: count }, (_, i) => i % 4),
    classes,
  );
const data = { name: 'mnist', train: source(20), query: source(8) };
const card = (change: Partial<ModelCard['data']> = {}): ModelCard => ({
  ...tinyCard(),
  name: 'mine',
  data: { name: 'mnist', split: 'train', images: 20, classes, labelled: true, ...change },
});

const { 'shots-only': shotsOnly, ...given } = protocols;
type GivenName = keyof typeof given;
const givenNames = Object.keys(given) as readonly GivenName[];

describe('protocols', () => {
  it.each([...protocolNames])('%s goes by its own name and says what the encoder may see', (name) => {
    expect(protocols[name].name).toBe(name);
    expect(protocols[name].encoder).not.toBe('');
  });

  it.each([...givenNames])('%s takes an encoder of another data set as it is', (name) => {
    const {
      support,
      query,
      among = classes,
    } = (given[name] as GivenEncoderProtocol).sources(data, card({ name: 'glyphs' }));
    expect(support.labels).toEqual(data.train.labels);
    expect(query).toBe(data.query);
    expect(among).toEqual(classes);
  });

  it('paper takes any encoder', () => {
    expect(protocols.paper.sources(data, card())).toEqual({ support: data.train, query: data.query });
  });

  it('disjoint draws supports behind the images that the encoder has seen', () => {
    const { support } = protocols.disjoint.sources(data, card({ images: 12 }));
    expect([...support.images().pixels].map((value) => Math.round(value * 255))).toEqual([
      12, 13, 14, 15, 16, 17, 18, 19,
    ]);
  });

  it('one-shot takes episodes as they are, and no encoder that has seen any of the data', () => {
    const shown = { ...data, name: 'omniglot' };
    expect(protocols['one-shot'].sources(shown, card())).toEqual({
      support: data.train,
      query: data.query,
      whole: true,
    });
    for (const name of ['omniglot', 'Omniglot']) {
      const seen = card({ name, classes: ['Greek/alpha'], images: 964 });
      expect(() => protocols['one-shot'].sources(shown, card(), seen)).toThrow(UsageError);
      expect(() => protocols['one-shot'].sources(shown, seen)).toThrow(
        /refuses the encoder mine: it has seen 964 images of omniglot/,
      );
    }
  });

  it('novel draws only classes that the encoder has not seen', () => {
    expect(protocols.novel.sources(data, card({ classes: [0, 2] })).among).toEqual([1, 3]);
    // The digit 3 and a class named "3" are two.
    expect(protocols.novel.sources(data, card({ classes: [0, 2, '3'] })).among).toEqual([1, 3]);
  });

  it('novel leaves out what any of several encoders has seen', () => {
    const [own, other] = [card({ classes: [0] }), card({ classes: [2] })];
    expect(protocols.novel.sources(data, own, other, card({ name: 'glyphs' })).among).toEqual([1, 3]);
    expect(() => protocols.novel.sources(data, card({ classes: [0, 1] }), card({ classes: [2] }))).toThrow(
      /it has seen every class that the encoders before it have not seen but 3/,
    );
  });

  it('disjoint and unlabelled look at every encoder', () => {
    const { support } = protocols.disjoint.sources(data, card({ images: 12 }), card({ images: 15 }));
    expect(support.labels).toHaveLength(5);
    expect(() => protocols.disjoint.sources(data, card({ images: 12 }), card())).toThrow(/all 20 images/);
    expect(() => protocols.unlabelled.sources(data, card({ labelled: false }), card())).toThrow(
      /labels of 4/,
    );
  });

  it('novel knows data sets by their names', () => {
    const fashion = { ...data, name: 'fashion-mnist' };
    expect(protocols.novel.sources(fashion, card()).among).toEqual(classes);
    expect(() => protocols.novel.sources(fashion, card({ name: 'fashion-mnist' }))).toThrow(UsageError);
  });

  it('shots-only alone has an encoder trained in each episode, and supports of all train images', () => {
    expect(protocolNames.filter((name) => trainsEncoder(protocols[name]))).toEqual(['shots-only']);
    expect(shotsOnly.sources(data)).toEqual({ support: data.train, query: data.query });
  });

  it('unlabelled takes an encoder that has seen the images without labels', () => {
    expect(protocols.unlabelled.sources(data, card({ labelled: false })).support).toBe(data.train);
  });

  it.each<[GivenName, Partial<ModelCard['data']>, RegExp]>([
    ['disjoint', {}, /refuses the encoder mine: it has seen all 20 images/],
    ['novel', {}, /refuses the encoder mine: it has seen every class$/],
    ['novel', { classes: [0, 1, 3] }, /it has seen every class but 2/],
    ['novel', { labelled: false }, /it has seen every class$/],
    ['unlabelled', {}, /it has seen the labels of 4 classes/],
  ])('%s refuses an encoder that has seen %j', (name, change, words) => {
    expect(() => given[name].sources(data, card(change))).toThrow(
      expect.objectContaining({
        constructor: UsageError,
        message: expect.stringMatching(words),
        hint: expect.stringMatching(/./),
      }),
    );
  });
});
