import type { Label, LabelShare, Provenance } from './image.js';

/**
 * One labeled code as plain data: what an encoder gives for an image, or a point between those of several. It holds nothing to
 * dispose, and is safe to keep and to post to a worker.
 */
export interface LabeledCode {
  /** `[latentSize]` of the encoder; of length 1 where its codes lie on the sphere. */
  readonly code: Float32Array;
  readonly label: Label;
  /** Soft label: shares of several classes that add up to 1; `label` is the heaviest of them. */
  readonly labels?: readonly LabelShare[];
  /** Origin of a hallucinated code; absent for the code of a real image. */
  readonly provenance?: Provenance;
}
