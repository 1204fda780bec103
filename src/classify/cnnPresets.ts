/** One convolution with bias and ReLU, `same` padding. */
export interface ConvolutionLayer {
  readonly filters: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  readonly stride: number;
  /** The 2×2 pool that follows. */
  readonly pool: 'max' | 'average' | 'none';
}

/** Recipe of a training. */
export interface CnnRecipe {
  /** Number of batches. */
  readonly steps: number;
  /** Images per batch. */
  readonly batchSize: number;
  /** Learning rate of Adam at the first step; it falls to zero along half a cosine. */
  readonly learningRate: number;
  /** Share of each label that is spread evenly over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** Decoupled weight decay per step, in units of the learning rate (AdamW). */
  readonly weightDecay: number;
}

/** Shares that dropout sets to zero while training, in [0, 1). */
export interface CnnDropout {
  /** Of whole maps after the last convolution. */
  readonly maps: number;
  /** Of hidden units. */
  readonly hidden: number;
}

export interface CnnPreset {
  readonly convolutions: readonly ConvolutionLayer[];
  /** Units of the hidden dense layer. */
  readonly hidden: number;
  readonly dropout: CnnDropout;
  readonly recipe: CnnRecipe;
}

export type CnnPresetName = 'fast' | 'standard';

export const cnnPresets: Readonly<Record<CnnPresetName, CnnPreset>> = {
  fast: {
    convolutions: [
      { filters: 16, kernel: 5, stride: 2, pool: 'none' },
      { filters: 16, kernel: 3, stride: 1, pool: 'average' },
    ],
    hidden: 64,
    dropout: { maps: 0.2, hidden: 0.5 },
    recipe: { steps: 300, batchSize: 32, learningRate: 6e-3, labelSmoothing: 0.1, weightDecay: 0 },
  },
  standard: {
    convolutions: [
      { filters: 32, kernel: 3, stride: 1, pool: 'max' },
      { filters: 64, kernel: 3, stride: 1, pool: 'max' },
    ],
    hidden: 128,
    dropout: { maps: 0.3, hidden: 0.5 },
    recipe: { steps: 200, batchSize: 64, learningRate: 3e-3, labelSmoothing: 0.1, weightDecay: 0 },
  },
};
