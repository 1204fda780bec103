/** What all embeddings are told. */
export interface EmbeddingOptions {
  /** Dimensions of the embedding. Default: 2. */
  readonly dimensions?: 2 | 3;
  /** Seed of where points start and, for UMAP, of everything else random. The same seed gives the same embedding. */
  readonly seed: number;
  /** Is told after every step how many of them are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work: the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}
