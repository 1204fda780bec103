import { shown } from './shown.js';

/** Base class of the errors that this package throws: the message says what is wrong, the hint what to do about it. */
export class FewshotError extends Error {
  override readonly name: string = 'FewshotError';
  /** Next step for the reader, in one sentence. */
  readonly hint: string | undefined;
  /** Names of the options at fault, as the API spells them. The command line names the flags for them. */
  readonly options: readonly string[];

  constructor(message: string, details: ErrorDetails = {}) {
    const { hint, option = [], cause } = details ?? {};
    super(
      typeof message === 'string' ? message : shown(message),
      cause === undefined ? undefined : { cause },
    );
    this.hint = hint === undefined || typeof hint === 'string' ? hint : shown(hint);
    this.options = typeof option === 'string' ? [option] : option;
  }
}

/** Details of an error beside its message. */
export interface ErrorDetails {
  readonly hint?: string;
  /** Name of the option at fault, or several. */
  readonly option?: string | readonly string[];
  readonly cause?: unknown;
}

/** A request that cannot be carried out as it stands: an unknown name, a number out of range. The CLI exits with 2. */
export class UsageError extends FewshotError {
  override readonly name = 'UsageError';
}

/** Data that cannot be used: a corrupt file, images of mixed sizes, a class without images. */
export class DataError extends FewshotError {
  override readonly name = 'DataError';
}

/** A model that cannot be used: missing, truncated, altered, or written by another version. */
export class ModelError extends FewshotError {
  override readonly name = 'ModelError';
}

/** A TensorFlow.js backend that cannot be used: not installed, or without a kernel. */
export class BackendError extends FewshotError {
  override readonly name = 'BackendError';
}

/** A training that cannot continue: the loss is not a number, or a checkpoint does not fit. */
export class TrainingError extends FewshotError {
  override readonly name = 'TrainingError';
}
