import type { ImageShape } from '../core/index.js';
import { byteSource, type ImageSource } from './imageSource.js';

/** What is known of each image of a {@link FaceSet}. */
export interface FaceFacts {
  /** Number of the person. */
  readonly subjects: Int32Array;
  /** Degrees, −90 … 90: 0 looks into the camera, positive to the right of the picture. Its semantics are ordinal. */
  readonly yaws: Float32Array;
  /** Number of the light. */
  readonly lights: Int32Array;
}

/** Pictures of faces in known poses and lights, with two ways to label the same bytes. */
export interface FaceSet extends FaceFacts {
  /** `rendered stand-in` where the people are made up. */
  readonly origin: 'CMU Multi-PIE' | 'rendered stand-in';
  readonly shape: ImageShape;
  /** Classes are the yaws in degrees, ascending. */
  readonly byYaw: ImageSource;
  /** Classes are the people's numbers, ascending. */
  readonly bySubject: ImageSource;
  /** The images whose facts please, as a set of their own: for splits by person, say. */
  where(keep: (facts: { subject: number; yaw: number; light: number }) => boolean): FaceSet;
}

/** A face set over gray bytes, image by image. */
export function faceSet(
  origin: FaceSet['origin'],
  bytes: Uint8Array,
  shape: ImageShape,
  facts: FaceFacts,
): FaceSet {
  const { subjects, yaws, lights } = facts;
  const labelled = (values: Int32Array | Float32Array): ImageSource => {
    const classes = [...new Set(values)].sort((a, b) => a - b);
    const place = new Map(classes.map((value, index) => [value, index]));
    return byteSource(
      bytes,
      shape,
      Int32Array.from(values, (value) => place.get(value)!),
      classes,
    );
  };
  return {
    origin,
    shape,
    ...facts,
    byYaw: labelled(yaws),
    bySubject: labelled(subjects),
    where: (keep) => {
      const size = shape[0] * shape[1] * shape[2];
      const kept = [...subjects.keys()].filter((i) =>
        keep({ subject: subjects[i]!, yaw: yaws[i]!, light: lights[i]! }),
      );
      const own = new Uint8Array(kept.length * size);
      for (const [to, from] of kept.entries())
        own.set(bytes.subarray(from * size, (from + 1) * size), to * size);
      return faceSet(origin, own, shape, {
        subjects: Int32Array.from(kept, (i) => subjects[i]!),
        yaws: Float32Array.from(kept, (i) => yaws[i]!),
        lights: Int32Array.from(kept, (i) => lights[i]!),
      });
    },
  };
}
