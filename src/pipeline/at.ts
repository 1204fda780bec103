import { FewshotError, UsageError } from '../core/index.js';

/** Runs `body`; what it throws on purpose is thrown again as a `UsageError` that says where. */
export function at<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof FewshotError)) throw error;
    const { hint } = error;
    throw new UsageError(`${where}: ${error.message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
