import characters from 'fewshot-atnl/models/characters.safetensors?url';
import mnist from 'fewshot-atnl/models/mnist.safetensors?url';
import photos from 'fewshot-atnl/models/photos-small.safetensors?url';
import type { Kind } from './protocol.js';

/** What differs between the tabs, beside where their pictures come from. */
export interface Subject {
  readonly kind: Kind;
  /** Address of the encoder's file. It is fetched when the tab is opened first. */
  readonly encoder: string;
  /** What an example is called. */
  readonly noun: 'drawing' | 'photo';
  /** What is made of examples. */
  readonly made: 'hallucinations' | 'hallucinated codes';
  /** Examples that a class needs before anything is made of them. */
  readonly needed: 1 | 2;
  readonly about: string;
  readonly add: string;
  /** What to do to get an answer, and to ask for one. */
  readonly teach: string;
  readonly ask: string;
  readonly limits: string;
  readonly samples?: string;
  /** What stands on the empty pad, and how it prepares drawings. */
  readonly hint?: string;
  readonly prepares?: string;
}

export const subjects: readonly Subject[] = [
  {
    kind: 'digits',
    encoder: mnist,
    noun: 'drawing',
    made: 'hallucinations',
    needed: 2,
    about: 'Draw each digit a few times. What lies between two of a class teaches the classifier, too.',
    add: 'This drawing is a …',
    teach: 'Two classes of two drawings each, and it has an answer.',
    ask: 'Draw something, and it answers while you draw.',
    limits:
      'The encoder knows handwritten digits and nothing else (their labels included): what lies between two stars is a digit to it. What is farther from all drawings than these are from each other, the classifier does not know.',
    samples: 'Try with sample digits',
    hint: 'Draw a digit here',
    prepares:
      'The encoder sees a drawing as MNIST’s were prepared: white on black, 20 pixels large, its centre of mass in the middle of 28 × 28.',
  },
  {
    kind: 'symbols',
    encoder: characters,
    noun: 'drawing',
    made: 'hallucinations',
    needed: 1,
    about: 'Draw signs of your own, one of each is enough: the encoder draws them again in other hands.',
    add: 'This drawing is a …',
    teach: 'Two classes of one drawing each, and it has an answer.',
    ask: 'Draw something, and it answers while you draw.',
    limits:
      'The encoder was trained on invented alphabets and letters of fonts. It knows strokes of a pen, and no drawing of yours before you make it; filled shapes are strange to it.',
    samples: 'Try with sample symbols',
    hint: 'Draw a symbol here',
    prepares:
      'The encoder sees a drawing in 40 × 40 pixels, framed by how far its ink spreads from the centre of mass.',
  },
  {
    kind: 'photos',
    encoder: photos,
    noun: 'photo',
    made: 'hallucinated codes',
    needed: 2,
    about:
      'Show it things, by camera or files. What lies between cannot be drawn: the walk shows the nearest photo.',
    add: 'This is a …',
    teach: 'Two classes of two photos each, and it has an answer.',
    ask: 'Start the camera, or open a photo, to hear what it shows.',
    limits:
      'The network knows everyday things, animals, plants and scenes from a million photos. It was not made to tell people apart. Only the square in the middle counts.',
  },
];

/** A number of examples in words: `5 drawings`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
