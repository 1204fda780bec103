import { catchError, concat, defer, EMPTY, type OperatorFunction, throwError } from 'rxjs';

/**
 * An operator that holds items back, made to bring them out before an error of its source: to it the source completes,
 * and the error follows when it is done. So nothing that came before the error is lost.
 */
export function finishFirst<T, U>(operator: OperatorFunction<T, U>): OperatorFunction<T, U> {
  return (source) =>
    defer(() => {
      let failure: { readonly error: unknown } | undefined;
      const untilFailure = source.pipe(
        catchError((error: unknown) => {
          failure = { error };
          return EMPTY;
        }),
      );
      const afterwards = defer(() => {
        const failed = failure;
        return failed === undefined ? EMPTY : throwError(() => failed.error);
      });
      return concat(untilFailure.pipe(operator), afterwards);
    });
}
