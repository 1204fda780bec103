import type { KnnPrediction, Provenance } from 'fewshot-atnl/browser';

/** What a tab is about. */
export type Kind = 'digits' | 'symbols' | 'photos';

/** Values in [0, 1] of a picture, row by row, of each pixel one for gray or three for red, green and blue. */
export interface Picture {
  readonly pixels: Float32Array;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
}

/** Where the files of an encoder are, as absolute addresses: the worker has none of its own. */
export interface Opening {
  /** Of the files of the wasm backend, by their names. */
  readonly wasmPaths: Readonly<Record<string, string>>;
  readonly encoder: string;
}

/** What the page says of an encoder. */
export interface Facts {
  readonly name: string;
  readonly backend: string;
}

/** A picture as the encoder takes it. Photos are not kept. */
export interface Seen {
  readonly pixels?: Float32Array;
  readonly code: Float32Array;
}

/** An image, or for photos a code alone, that was made of the examples of a class. */
export interface Made extends Seen {
  readonly provenance: Provenance;
}

/** An example by its code. One that was made has a provenance. */
export interface Coded {
  readonly label: string;
  readonly code: Float32Array;
  readonly provenance?: Provenance;
}

/** A place on the sphere that is drawn: to the right, up, and toward the eye. */
export type Place = readonly [x: number, y: number, z: number];

/** What came of learning: the place of each example, in their order, and what the classifier knows. */
export interface Learned {
  readonly places: readonly Place[];
  /** Examples of each class; undefined while there is nothing to choose from. */
  readonly counts: Readonly<Record<string, number>> | undefined;
}

export type Answer = Pick<KnnPrediction, 'label' | 'confidences' | 'unknown'>;

/** What is said of a picture that is looked at. */
export interface Asked extends Seen {
  readonly place: Place;
  /** Absent while there is no classifier. */
  readonly answer?: Answer;
}

/** The great circle from one code to another, at equal steps, and how long it is, in radians. */
export interface Way {
  readonly line: readonly Place[];
  readonly angle: number;
}

/** A point of a way. */
export interface Between {
  readonly place: Place;
  /** What the decoder draws there; absent for photos. */
  readonly pixels?: Float32Array;
  /** The nearest example that was not made of others, as an index into those that were learned; -1 for none. */
  readonly nearest: number;
  readonly answer?: Answer;
}

/** A classifier out of a file. */
export interface Adopted {
  readonly counts: Readonly<Record<string, number>>;
  /** Its examples that were not made of others, drawn from their codes where there is a decoder. */
  readonly examples: readonly (Seen & { readonly label: string })[];
}

/** A file of an archive. */
export interface Entry {
  readonly path: string;
  /** Its bytes, or the pixels of a square gray picture. */
  readonly content: Uint8Array | Float32Array;
}
