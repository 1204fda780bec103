import { BackendError, UsageError } from '../core/errors.js';
import type { AnyBackendName, BackendInfoOf } from './info.js';

/** A request, and the clause that says where it came from. */
export interface Wish<Name extends string> {
  readonly name: Name | 'auto';
  readonly reason: string;
}

/** The request for a backend by name. Throws a `UsageError` that lists the names; `origin` says who gave a wrong one. */
export function wishFor<Name extends string>(
  name: string,
  names: readonly Name[],
  reason = 'it was asked for',
  origin = '',
): Wish<Name> {
  const known: readonly string[] = ['auto', ...names];
  if (!known.includes(name)) {
    throw new UsageError(`There is no backend "${name}"${origin}.`, {
      hint: `Choose one of ${known.join(', ')}.`,
    });
  }
  return { name: name as Name | 'auto', reason };
}

/**
 * Lets a decision be taken once: a wish for the backend in use, or for `auto`, gets the first answer. A decision that
 * failed is none, so another backend may be asked for then.
 *
 * @param place what computes: "process", "page"
 */
export function decideOnce<Name extends AnyBackendName>(place: string, hint: string) {
  let decision: Promise<BackendInfoOf<Name>> | undefined;
  return async (
    wish: Wish<Name>,
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
    if (wish.name === 'auto' || wish.name === info.name) return info;
    throw new BackendError(
      `This ${place} computes with ${info.name} already; ${wish.name} was asked for too late.`,
      { hint },
    );
  };
}
