import { DataError } from '../../core/index.js';

/** A complaint about an image, with the other way to go on; any other error is left as it is. */
export function withSkipHint(error: unknown): unknown {
  if (!(error instanceof DataError)) return error;
  return new DataError(error.message, {
    hint: `${error.hint ?? ''} Or pass over what cannot be read with --skip-bad.`.trim(),
    cause: error,
  });
}
