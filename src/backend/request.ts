import { BackendError, UsageError } from '../core/errors.js';
import { shown } from '../core/shown.js';
import type { AnyBackendName, BackendInfoOf } from './backendInfo.js';

/** A request for a backend, and the reason to give for it as a clause. */
export interface RequestOf<Name extends string> {
  readonly name: Name | 'auto';
  readonly reason: string;
}

/**
 * Checks a name and makes a request of it.
 *
 * @param origin names the source of a wrong name in the message
 * @throws UsageError that lists the names
 */
export function requestFor<Name extends string>(
  name: string,
  names: readonly Name[],
  reason = 'it was asked for',
  origin = '',
): RequestOf<Name> {
  const known: readonly string[] = ['auto', ...names];
  if (!known.includes(name)) {
    throw new UsageError(`There is no backend "${shown(name)}"${origin}.`, {
      hint: `Choose one of ${known.join(', ')}.`,
    });
  }
  return { name: name as Name | 'auto', reason };
}

/**
 * Returns a function that decides once: a later request for the backend in use, or for `auto`, gets the first answer. After
 * a decision that failed, another backend may be requested.
 *
 * @param scope of the decision: "process", "page"
 */
export function decideOnce<Name extends AnyBackendName>(scope: string, hint: string) {
  let decision: Promise<BackendInfoOf<Name>> | undefined;
  return async (
    request: RequestOf<Name>,
    decide: () => Promise<BackendInfoOf<Name>>,
  ): Promise<BackendInfoOf<Name>> => {
    if (decision === undefined) {
      decision = decide();
      decision.catch(() => {
        decision = undefined;
      });
      return decision;
    }
    const info = await decision;
    if (request.name === 'auto' || request.name === info.name) return info;
    throw new BackendError(
      `This ${scope} computes with ${info.name} already; ${request.name} was asked for too late.`,
      { hint },
    );
  };
}
