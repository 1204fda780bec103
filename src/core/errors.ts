/** Everything that this package throws on purpose: what was wrong, and what to do about it. */
export class FewshotError extends Error {
  override readonly name: string = 'FewshotError';
  /** What the reader can do next, as one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** A request that cannot be carried out as it stands: an unknown name, a number out of range. The CLI exits with 2. */
export class UsageError extends FewshotError {
  override readonly name = 'UsageError';
}

/** Data that is not what it should be: a corrupt file, images of mixed sizes, a class without images. */
export class DataError extends FewshotError {
  override readonly name = 'DataError';
}

/** A model that cannot be used: missing, truncated, altered, or written by another version. */
export class ModelError extends FewshotError {
  override readonly name = 'ModelError';
}

/** A TensorFlow.js backend that cannot do what is asked: not installed, or without a kernel. */
export class BackendError extends FewshotError {
  override readonly name = 'BackendError';
}

/** A training that cannot go on: the loss is not a number, or a checkpoint does not fit. */
export class TrainingError extends FewshotError {
  override readonly name = 'TrainingError';
}
