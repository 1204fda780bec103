import { randomStream } from '../../src/core/random.js';

/** How the hair of a stand-in head is cut. */
export type HairStyle = 'bald' | 'cropped' | 'short' | 'full' | 'long';

/**
 * What tells one stand-in head from another. Lengths are in units of which a head is about 2.25 tall, or factors of the
 * average head where 1 is said to be average. Shades are reflectances: 0 black, 1 white.
 */
export interface FaceIdentity {
  /** Width, height and depth of the skull; 1 is average. */
  readonly skull: readonly [width: number, height: number, depth: number];
  /** Width of the jaw; 1 is average. */
  readonly jaw: number;
  /** How far the chin stands out and down; 0 is average. */
  readonly chin: number;
  /** Fullness of the cheeks; 0 is average. */
  readonly cheeks: number;
  /** Width of the neck; 1 is average. */
  readonly neck: number;
  /** Size of the ears; 1 is average. */
  readonly ears: number;
  /** Length down the face, width, and how far the tip stands out; 1 is average. */
  readonly nose: { readonly length: number; readonly width: number; readonly height: number };
  /** Half the distance between the eyes, their size (1 is average), rise of the outer corners, and shade of the iris. */
  readonly eyes: {
    readonly spacing: number;
    readonly size: number;
    readonly tilt: number;
    readonly iris: number;
  };
  /** Height above the eyes, thickness, rise of the outer ends, and how much is seen of the hair's shade. */
  readonly brows: {
    readonly height: number;
    readonly thickness: number;
    readonly tilt: number;
    readonly density: number;
  };
  /** Width, fullness of the lips, and height of the mouth; 1, 1 and 0 are average. */
  readonly mouth: { readonly width: number; readonly fullness: number; readonly height: number };
  /**
   * `line`: how much higher than average the hair begins; `volume`: its thickness; `parting`: how lopsided it is, from
   * −1 to 1, 0 for a symmetric head; `curl`: height of its waves.
   */
  readonly hair: {
    readonly style: HairStyle;
    readonly line: number;
    readonly volume: number;
    readonly parting: number;
    readonly curl: number;
    readonly shade: number;
  };
  /** How dense the beard is, in [0, 1]. */
  readonly beard: number;
  readonly skin: number;
  readonly clothes: number;
}

/**
 * Identity `number` of those that a seed names. Each is drawn from its own random stream, so it is the same person
 * however many others there are.
 */
export function faceIdentity(seed: number, number: number): FaceIdentity {
  const stream = randomStream(seed, 'stand-in face', number);
  /** Bell-shaped around the middle, and never further from it than 2.2 deviations. */
  const around = (middle: number, deviation: number) =>
    middle + deviation * Math.min(2.2, Math.max(-2.2, stream.normal()));
  const style = (['bald', 'cropped', 'short', 'short', 'full', 'full', 'long', 'long'] as const)[
    stream.integer(8)
  ]!;
  const skin = stream.uniform(0.2, 0.75);
  const bearded = style !== 'long' && stream.uniform() < 0.3;
  return {
    skull: [around(1, 0.05), around(1, 0.04), around(1, 0.04)],
    jaw: around(1, 0.09),
    chin: around(0, 0.05),
    cheeks: around(0, 0.035),
    neck: around(style === 'long' ? 0.88 : 1, 0.08),
    ears: around(1, 0.13),
    nose: { length: around(1, 0.12), width: around(1, 0.18), height: around(1, 0.28) },
    eyes: {
      spacing: around(0.325, 0.022),
      size: around(1, 0.12),
      tilt: around(0.1, 0.12),
      iris: stream.uniform(0.02, 0.22),
    },
    brows: {
      height: around(0.215, 0.022),
      thickness: around(0.05, 0.014),
      tilt: around(0.1, 0.13),
      density: stream.uniform(0.5, 1),
    },
    mouth: { width: around(1, 0.13), fullness: around(1, 0.25), height: around(0, 0.025) },
    hair: {
      style,
      line: around(0, 0.07),
      volume: stream.uniform(0.05, 0.16),
      parting: stream.uniform(-1, 1),
      curl: stream.uniform() < 0.35 ? stream.uniform(0.02, 0.045) : 0,
      shade: stream.uniform() < 0.25 ? stream.uniform(0.3, 0.6) : stream.uniform(0.02, 0.2),
    },
    beard: bearded ? stream.uniform(0.35, 0.9) : 0,
    skin,
    clothes: stream.uniform(0.04, 0.5),
  };
}
