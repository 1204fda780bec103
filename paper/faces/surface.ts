import { smoothStep } from './distance.js';
import { type Head, landmarksOf } from './head.js';
import type { FaceIdentity } from './identity.js';

/** Material at a point of the head. */
export interface Surface {
  /** Share of the light that the point scatters, in [0, 1]. */
  shade: number;
  /** Strength of the highlight. */
  gloss: number;
}

const blend = (shade: number, other: number, share: number) => shade + (other - shade) * share;

/**
 * Paints skin, hair, eyes, brows, lips and clothes.
 *
 * @returns the material at a point of the surface; `blur` is the width of soft edges, in the head's unit: about a pixel. Every
 *   call returns the same object, so read it before the next call
 */
export function paintHead(
  head: Head,
  identity: FaceIdentity,
): (x: number, y: number, z: number, blur: number) => Surface {
  const result: Surface = { shade: 0, gloss: 0 };
  const { skin, hair, eyes, brows, mouth, nose, beard, clothes, skull } = identity;
  const { eyeY, lipY, noseY } = landmarksOf(identity);
  const lipShade = skin * 0.62;

  const paintFront = (x: number, y: number, z: number, blur: number): void => {
    const ax = Math.abs(x);
    // The eye is an almond: two arcs that meet at its corners.
    const u = (ax - eyes.spacing) / (0.165 * eyes.size);
    const v = (y - eyeY - 0.05 * eyes.tilt * u) / (0.078 * eyes.size);
    const lid = (1 - u * u) * (v > 0 ? 1 : 0.75);
    const soft = (0.7 * blur) / (0.078 * eyes.size);
    const open = smoothStep(-soft, soft, lid - Math.abs(v));
    const across = Math.hypot(ax - eyes.spacing, y - eyeY - 0.012);
    const iris = 1 - smoothStep(0.082 * eyes.size - 0.5 * blur, 0.082 * eyes.size + 0.5 * blur, across);
    const pupil = 1 - smoothStep(0.02, 0.02 + 1.2 * blur, across);
    const lash = (1 - smoothStep(0, 1.2 * soft, Math.abs(lid - v))) * smoothStep(-0.2, 0.5, lid);
    let shade = result.shade;
    // Skin in the sockets is thinner, and darker.
    shade *= 1 - 0.16 * Math.exp(-1.6 * (u * u * 0.5 + v * v * 0.16));
    // The upper lid shades the ball.
    const white = 0.52 - 0.22 * smoothStep(0, 0.9, v);
    const ball = blend(blend(white, eyes.iris, iris), 0.01, pupil);
    shade = blend(shade, ball, open);
    shade = blend(shade, 0.03, 0.7 * lash);
    result.gloss = blend(result.gloss, 0.5, open);
    const b = (ax - eyes.spacing - 0.01) / 0.23;
    const arch = eyeY + brows.height + 0.1 * brows.tilt * b - 0.05 * b * b;
    const thick = brows.thickness * (1 - 0.35 * b);
    const brow =
      (1 - smoothStep(thick - blur, thick + blur, Math.abs(y - arch))) *
      (1 - smoothStep(0.8, 1.15, Math.abs(b)));
    shade = blend(shade, Math.min(hair.shade, skin * 0.6), 0.85 * brows.density * brow);
    const m = x / (0.27 * mouth.width);
    const lips = Math.abs(y - lipY) / (0.11 * (0.4 + 0.6 * mouth.fullness)) + m * m;
    shade = blend(shade, lipShade, 0.8 * (1 - smoothStep(0.75, 1.15, lips)));
    const gap = Math.abs(y - lipY + 0.012 * m * m) / (0.016 + 0.5 * blur);
    shade = blend(shade, 0.04, 0.7 * (1 - smoothStep(0.3, 1, gap)) * (1 - smoothStep(0.6, 1, Math.abs(m))));
    const nostril = Math.hypot((ax - 0.07 * nose.width) / 1.5, y - noseY + 0.075);
    shade = blend(
      shade,
      0.05,
      0.55 * (1 - smoothStep(0.01, 0.03 + 0.5 * blur, nostril)) * smoothStep(0.75, 0.85, z),
    );
    result.shade = shade;
  };

  return (x, y, z, blur) => {
    result.shade = skin;
    result.gloss = 0.12;
    if (beard > 0) {
      const jaw = smoothStep(-0.38, -0.58, y - 0.3 * (0.5 - z)) * smoothStep(-0.15, 0.1, z);
      const lip = smoothStep(noseY - 0.04, noseY - 0.1, y);
      const cover = Math.max(
        jaw * smoothStep(0.1, 0.3, Math.abs(x)),
        lip * (1 - smoothStep(0.25, 0.34, Math.abs(x))),
      );
      const chin = smoothStep(-0.68, -0.8, y) * smoothStep(-0.15, 0.1, z);
      result.shade = blend(
        skin,
        hair.shade,
        beard * Math.max(cover, chin) * 0.85 * smoothStep(-1.3, -1.15, y),
      );
    }
    if (z > 0.35 && y > -0.85 && y < 0.6) paintFront(x, y, z, blur);
    const collar = smoothStep(-1.42, -1.42 - 2 * blur, y + 0.25 * z);
    result.shade = blend(result.shade, clothes, collar);
    result.gloss *= 1 - collar;
    const own = smoothStep(-0.5 * blur, 0.5 * blur, head.hairiness(x, y, z));
    if (own > 0) {
      // Strands run back from the parting.
      const around = Math.abs(Math.atan2(x - 0.25 * hair.parting, 0.7 - y + 0.3 * z));
      const strands = Math.cos(31 * around + 4 * z) + Math.cos(47 * around - 7 * z + 2 * y * skull[1]);
      result.shade = blend(result.shade, hair.shade * (1 + 0.055 * strands), own);
      result.gloss = blend(result.gloss, 0.22, own);
    }
    return result;
  };
}
