import { type CallTarget, SessionsCallError } from './errors.ts';

/** The errors for work that did not settle by itself. */
export interface Ends {
  readonly timedOut: () => Error;
  readonly aborted: (reason: unknown) => Error;
}

/** Returns the errors of a call. `cause` returns the failure of an earlier attempt. */
export function endsOf(target: CallTarget, timeout_ms: number, cause: () => unknown = () => undefined): Ends {
  return {
    timedOut: () =>
      new SessionsCallError(
        'TIMEOUT',
        target,
        `No response within ${timeout_ms} ms. Check that the service runs and is not overloaded, or raise timeout_ms.`,
        { cause: cause() },
      ),
    aborted: (reason) =>
      new SessionsCallError('ABORTED', target, "The caller's signal aborted the call.", { cause: reason }),
  };
}

/**
 * Runs `work` until it settles, `timeout_ms` have passed, or the caller's signal aborts. The last two reject at once,
 * even if `work` ignores its own signal.
 */
export async function withDeadline<T>(
  timeout_ms: number,
  caller: AbortSignal | undefined,
  { timedOut, aborted }: Ends,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (caller?.aborted) throw aborted(caller.reason);
  const controller = new AbortController();
  let end: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = (error) => {
      reject(error);
      controller.abort(error);
    };
  });
  const onAbort = () => end(aborted(caller?.reason));
  const timer = setTimeout(() => end(timedOut()), timeout_ms);
  caller?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener('abort', onAbort);
  }
}
