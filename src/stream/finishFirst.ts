import { catchError, concat, defer, EMPTY, type OperatorFunction, throwError } from 'rxjs';

/**
 * Makes an operator that holds items back emit them before an error of its source: the operator sees the source complete,
 * and the error follows when it is done.
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
