import { randomStream } from '../../src/core/random.js';

/** Haircut of a stand-in head. */
export type HairStyle = 'bald' | 'cropped' | 'short' | 'full' | 'long';

/**
 * Features of one stand-in head. A head is about 2.25 units of length tall; where 1 is average, values are factors of the
 * average head. Shades are reflectances: 0 black, 1 white.
 */
export interface FaceIdentity {
  /** Width, height and depth of the skull; 1 is average. */
  readonly skull: readonly [width: number, height: number, depth: number];
  /** Width of the jaw; 1 is average. */
  readonly jaw: number;
  /** Length of the chin, outward and downward; 0 is average. */
  readonly chin: number;
  /** Fullness of the cheeks; 0 is average. */
  readonly cheeks: number;
  /** Width of the neck; 1 is average. */
  readonly neck: number;
  /** Size of the ears; 1 is average. */
  readonly ears: number;
  /** Length down the face, width, and height of the tip above the face; 1 is average. */
  readonly nose: { readonly length: number; readonly width: number; readonly height: number };
  /** Half the distance between the eyes, their size (1 is average), rise of the outer corners, and shade of the iris. */
  readonly eyes: {
    readonly spacing: number;
    readonly size: number;
    readonly tilt: number;
    readonly iris: number;
  };
  /** Height above the eyes, thickness, rise of the outer ends, and share of the hair's shade. */
  readonly brows: {
    readonly height: number;
    readonly thickness: number;
    readonly tilt: number;
    readonly density: number;
  };
  /** Width, fullness of the lips, and height of the mouth; 1, 1 and 0 are average. */
  readonly mouth: { readonly width: number; readonly fullness: number; readonly height: number };
  /**
   * `line`: height of the hairline above average; `volume`: thickness; `parting`: asymmetry from −1 to 1, 0 for a
   * symmetric head; `curl`: height of the waves.
   */
  readonly hair: {
    readonly style: HairStyle;
    readonly line: number;
    readonly volume: number;
    readonly parting: number;
    readonly curl: number;
    readonly shade: number;
  };
  /** Density of the beard, in [0, 1]. */
  readonly beard: number;
  readonly skin: number;
  readonly clothes: number;
}

/**
 * Identity `number` of a seed. Each is drawn from its own random stream, so it does not depend on the number of others.
 */
export function faceIdentity(seed: number, number: number): FaceIdentity {
  const stream = randomStream(seed, 'stand-in face', number);
  /** Normal around `middle`, clamped to 2.2 deviations. */
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
