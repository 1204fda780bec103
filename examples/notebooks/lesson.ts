/** What the cells of the lesson do. Notebooks 1 and 2 do the same step by step. */

import type { LabeledImage, Model } from 'fewshot-atnl';
import {
  affine,
  fromPull,
  geometric,
  hallucinations,
  KnnClassifier,
  loadModel,
  selectBackend,
} from 'fewshot-atnl';
import { imagesOf, loadMnist, sampleEpisode } from 'fewshot-atnl/data';
import { extractorOf } from 'fewshot-atnl/features';
import { normalizeFor } from 'fewshot-atnl/models';
import { anglePoint, slerpPoint } from 'fewshot-atnl/sphere';
import { lastValueFrom, toArray } from 'rxjs';
import { type Bar, bars, colors, drawn, fromText, globe, rows, sheet, viewTowards } from './pictures';

const [GUESS, BEST, CODES] = [colors[1]!, colors[0]!, '#d5dade'];

/** Percent of images that nearest neighbors recognize, by pixels or by an encoder's codes. */
async function recognized(learned: readonly LabeledImage[], asked: readonly LabeledImage[], encoder?: Model) {
  const knn = new KnnClassifier({ encoder });
  knn.addAll(learned);
  const answers = await knn.predictAll(asked);
  const right = answers.map(({ label }, i) => label === asked[i]!.label);
  return { right, percent: (100 * right.filter(Boolean).length) / asked.length };
}

const inNewHands = (model: Model, images: readonly LabeledImage[]) => [
  ...hallucinations(model, images, { perClass: 100, path: 'restyle', labelCheck: true, seed: 7 }),
];

/** Twenty copies of each image, turned, slanted, scaled and moved a little. */
const copiesOf = (images: readonly LabeledImage[]) =>
  lastValueFrom(
    fromPull(images).pipe(
      geometric(affine({ rotate: 7, scale: 0.1, shear: 0.1, shift: 0.05 }), { copies: 20, seed: 7 }),
      toArray(),
    ),
  );

/** What is recognized by pixels after learning some images alone, and then more beside; last by an encoder's codes. */
async function compared(
  alone: Bar,
  known: readonly LabeledImage[],
  learned: Readonly<Record<string, readonly LabeledImage[]>>,
  asked: readonly LabeledImage[],
  encoder: Model,
) {
  const list = [alone];
  for (const [name, more] of Object.entries(learned)) {
    const { percent } = await recognized([...known, ...more], asked);
    list.push({ name: `and ${name}`, value: percent, ...(name === 'new hands' ? { color: BEST } : {}) });
  }
  const { percent } = await recognized(known, asked, encoder);
  return inHundred([...list, { name: 'places on the globe', value: percent, color: CODES }]);
}

const inHundred = (list: readonly Bar[]) =>
  bars(list, { title: 'recognized, of a hundred', unit: '', digits: 0 });

export async function openLesson() {
  await selectBackend('wasm');
  const [model, other] = [await loadModel('mnist'), await loadModel('mnist-01234')];
  const { train, test } = await loadMnist();
  const sizes = { shots: 5, queries: 50, seed: 1, episode: 0 };
  const { support, query } = sampleEpisode({ support: train, query: test }, sizes);
  const [examples, news] = [[...imagesOf(support)], [...imagesOf(query)]];
  const { embed } = extractorOf(model, { style: false });
  const [places, newPlaces] = [await embed(examples), await embed(news)];
  const codes = await extractorOf(model).embed(examples);
  const byPixels = await recognized(examples, news);

  const far = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  const nearest = (one: LabeledImage) =>
    examples.reduce((best, next) =>
      far(next.pixels, one.pixels) < far(best.pixels, one.pixels) ? next : best,
    );
  const of = <Item>(items: readonly Item[], images: readonly LabeledImage[], digit: number) =>
    items.filter((_, i) => images[i]!.label === digit);

  return {
    examples: () => sheet({ 'to learn from': rows(examples) }),

    comparePixels: (guess: number) =>
      inHundred([
        { name: 'my guess', value: guess, color: GUESS },
        { name: 'the computer', value: byPixels.percent },
      ]),

    mistakes() {
      const wrong = news.filter((_, i) => !byPixels.right[i]);
      const some = wrong.filter((_, i) => i % Math.ceil(wrong.length / 14) === 0);
      return sheet({ mistakes: [some, some.map(nearest)] }, { names: ['new picture', 'most similar'] });
    },

    globe(trio: readonly [number, number, number]) {
      const view = viewTowards(trio.map((digit) => of(newPlaces, news, digit)));
      const spots = trio.flatMap((digit, t) => {
        const own = of(examples, examples, digit);
        return [
          ...of(newPlaces, news, digit).map((place) => ({ at: view(place), color: colors[t]! })),
          ...own.map((picture) => ({
            at: view(places[examples.indexOf(picture)]!),
            color: colors[t]!,
            picture,
          })),
        ];
      });
      return globe(spots, { corners: trio.map(String) });
    },

    angles(guess: { readonly same: number; readonly different: number }) {
      const angles: Record<keyof typeof guess, number[]> = { same: [], different: [] };
      for (const [i, a] of newPlaces.entries()) {
        for (const [j, b] of newPlaces.slice(0, i).entries()) {
          const kind = news[i]!.label === news[j]!.label ? 'same' : 'different';
          angles[kind].push((anglePoint(a, b) * 180) / Math.PI);
        }
      }
      const list = (['same', 'different'] as const).flatMap((kind) => [
        { name: `${kind}: my guess`, value: guess[kind], color: GUESS },
        { name: `${kind}: on the globe`, value: angles[kind].reduce((a, b) => a + b) / angles[kind].length },
      ]);
      return bars(list, { title: 'angle between two digits, on average', most: 180, unit: '°', digits: 0 });
    },

    walk(start: number, end: number) {
      const steps = Array.from({ length: 13 }, (_, i) => i / 12);
      const [from, another] = of(codes, examples, start);
      const [to] = of(codes, examples, end);
      const ways = [another!, to!].map((goal) =>
        drawn(
          model,
          steps.map((step) => slerpPoint(from!, goal, step)),
        ),
      );
      return sheet({ 'step by step': ways }, { names: [`${start} to ${start}`, `${start} to ${end}`] });
    },

    newHands: () =>
      sheet({ 'five real ones': rows(examples), 'made from them': rows(inNewHands(model, examples), 12) }),

    async compareAll() {
      const between = [...hallucinations(model, examples, { perClass: 100, path: 'slerp', seed: 7 })];
      const learned = { copies: await copiesOf(examples), between, 'new hands': inNewHands(model, examples) };
      const alone = { name: 'the fifty alone', value: byPixels.percent };
      return compared(alone, examples, learned, news, model);
    },

    practiced: () =>
      [model, other].map(({ card: { name, data } }) => {
        return `${name} practiced with ${data.images.toLocaleString('en')} pictures of ${data.classes.join(', ')}`;
      }),

    async unseen() {
      const [known, asked] = [examples, news].map((images) =>
        images.filter(({ label }) => Number(label) > 4),
      ) as [LabeledImage[], LabeledImage[]];
      const learned = { copies: await copiesOf(known), 'new hands': inNewHands(other, known) };
      const alone = { name: 'five of each alone', value: (await recognized(known, asked)).percent };
      const made = sheet({ 'five real ones': rows(known), 'made from them': rows(learned['new hands'], 12) });
      return [made, await compared(alone, known, learned, asked, other)];
    },

    async read(drawing: string) {
      const mine = normalizeFor(model, { fit: 'ink' })({ ...fromText(drawing), label: '?' });
      const answers: Record<string, LabeledImage['label']> = {};
      for (const [by, encoder] of [
        ['pixels', undefined],
        ['place', model],
      ] as const) {
        const knn = new KnnClassifier({ encoder });
        knn.addAll(examples);
        answers[by] = (await knn.predict(mine)).label;
      }
      console.log(
        `by its pixels it is most similar to a ${answers.pixels}, by its place on the globe to a ${answers.place}`,
      );
      return sheet({ 'your digit': [[mine]] }, { side: 96 });
    },
  };
}
