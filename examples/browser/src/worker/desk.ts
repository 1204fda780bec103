import { KnnClassifier } from 'fewshot-atnl/browser';
import { anglePoint, slerpPoint } from 'fewshot-atnl/sphere';
import type { Adopted, Answer, Asked, Between, Coded, Learned, Picture, Seen, Way } from '../protocol.js';
import { SphereMap } from './map.js';
import type { Space } from './space.js';

/** Neighbours that vote: the confidence has steps of 11 %. */
const NEIGHBOURS = 9;
/** Share of pictures of known classes that may be called unknown: with fewer than 19 examples, more of them. */
const FALSE_ALARMS = 0.05;
/** Points of a drawn way. */
const POINTS = 49;

/** What a tab works on: its encoder, its map, and what its classifier has learned. */
export class Desk {
  readonly #map = new SphereMap();
  #adopted: unknown;
  #knn: KnnClassifier | undefined;
  /** Tells what is of no known class, where features hold more than what is seen: a style of its own is nothing unknown. */
  #judge: KnnClassifier | undefined;
  /** What was not made of others, by its number among all that was learned. */
  #real: readonly { readonly index: number; readonly content: Float32Array }[] = [];

  constructor(readonly space: Space) {}

  /** Learns examples in the place of those before, on top of a classifier out of a file. `shown` are only put on the map. */
  learn(taught: readonly Coded[], shown: readonly Float32Array[]): Learned {
    const { space } = this;
    const contents = [...taught.map(({ code }) => code), ...shown].map((code) => space.contentOf(code));
    this.#real = contents
      .map((content, index) => ({ content, index }))
      .filter(({ index }) => taught[index]?.provenance === undefined);
    this.#map.fit(this.#real.map(({ content }) => content));
    const knn = this.#classifierOf(taught);
    this.#knn = knn.classes.length >= 2 ? knn : undefined;
    this.#judge = this.#judgeOf(taught, knn.k);
    return {
      places: contents.map((content) => this.#map.place(content)),
      counts: this.#knn?.counts,
    };
  }

  async ask(picture: Picture, polarity?: 'light'): Promise<Asked | undefined> {
    const seen = await this.space.see(picture, polarity);
    return seen && { ...seen, place: this.#placeOf(seen.code), ...(await this.#answered(seen)) };
  }

  walk(from: Float32Array, to: Float32Array): Way {
    const line = Array.from({ length: POINTS }, (_, i) =>
      this.#placeOf(slerpPoint(from, to, i / (POINTS - 1))),
    );
    return { line, angle: anglePoint(from, to) };
  }

  async between(from: Float32Array, to: Float32Array, omega: number): Promise<Between> {
    const code = slerpPoint(from, to, omega);
    const pixels = this.space.draw(code);
    const content = this.space.contentOf(code);
    const [nearest] = this.#real
      .map((one) => ({ index: one.index, angle: anglePoint(one.content, content) }))
      .sort((a, b) => a.angle - b.angle);
    return {
      place: this.#placeOf(code),
      nearest: nearest?.index ?? -1,
      ...(pixels && { pixels }),
      ...(await this.#answered({ code })),
    };
  }

  /** The classifier as JSON, for programs and for this page; undefined if there is none. */
  save(): unknown {
    return this.#knn?.toJSON();
  }

  /** Takes a saved classifier to build on, or none. */
  adopt(json: unknown): Adopted | undefined {
    if (json === undefined) {
      this.#adopted = undefined;
      return undefined;
    }
    const knn = KnnClassifier.fromJSON(json, this.#encoder);
    const { dimension } = knn.toJSON();
    const { name, featureSize } = this.space;
    if (dimension !== 0 && dimension !== featureSize)
      throw new Error(`its examples have ${dimension} values, but those of ${name} have ${featureSize}`);
    const examples = examplesOf(json).map(({ label, features }) => {
      const code = this.space.codeOf(features);
      const pixels = this.space.draw(code);
      return { label, code, ...(pixels && { pixels }) };
    });
    this.#adopted = json;
    return { counts: knn.counts, examples };
  }

  get #encoder() {
    return this.space.encoder === undefined ? {} : { encoder: this.space.encoder };
  }

  #placeOf(code: Float32Array) {
    return this.#map.place(this.space.contentOf(code));
  }

  #classifierOf(taught: readonly Coded[]): KnnClassifier {
    const counts = new Map<string, number>();
    for (const { label } of taught) counts.set(label, (counts.get(label) ?? 0) + 1);
    // A class with fewer examples than neighbours that vote could not get them all.
    const k = Math.min(NEIGHBOURS, ...counts.values());
    const [saved, encoder] = [this.#adopted, this.#encoder];
    const options = { k, ...encoder, unknown: { falseAlarms: FALSE_ALARMS } };
    const knn = saved === undefined ? new KnnClassifier(options) : KnnClassifier.fromJSON(saved, encoder);
    // A classifier of a program may have numbers as labels, and takes no text for the same class.
    const known = new Map(knn.classes.map((label) => [String(label), label]));
    knn.addAll(
      taught.map(({ code, label, ...rest }) => ({
        ...rest,
        label: known.get(label) ?? label,
        code: this.space.featuresOf(code),
      })),
    );
    return knn;
  }

  #judgeOf(taught: readonly Coded[], k: number): KnnClassifier | undefined {
    const { space } = this;
    const opened = this.#adopted === undefined ? [] : examplesOf(this.#adopted);
    const seen = [...opened.map(({ label, features }) => ({ label, code: features })), ...taught];
    if (seen[0] === undefined || space.contentOf(seen[0].code).length === space.featureSize) return undefined;
    const judge = new KnnClassifier({ k, unknown: { falseAlarms: FALSE_ALARMS } });
    judge.addAll(seen.map((one) => ({ ...one, code: space.contentOf(one.code) })));
    return judge;
  }

  async #answered({ code }: Seen): Promise<{ readonly answer?: Answer }> {
    const knn = this.#knn;
    if (knn === undefined) return {};
    const features = this.space.featuresOf(code);
    const { label, confidences, unknown = false, distance = 0 } = await knn.predict(features);
    const judged = await this.#judge?.predict(this.space.contentOf(code));
    return {
      answer: { label, confidences, unknown: judged?.unknown ?? (unknown && distance > this.space.near) },
    };
  }
}

/** The examples of a saved classifier that were not made of others. It was read by the library before, so it is in order. */
function examplesOf(json: unknown): { readonly label: string; readonly features: Float32Array }[] {
  const { classes, labels, made = [], dimension, values } = json as ReturnType<KnnClassifier['toJSON']>;
  const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
  const floats = new Float32Array(bytes.buffer);
  const isMade = new Set(made);
  return labels
    .map((index, i) => ({
      label: String(classes[index]),
      features: floats.slice(i * dimension, (i + 1) * dimension),
    }))
    .filter((_, i) => !isMade.has(i));
}
