/** What ended a piece of work before it was done. */
export interface Ends {
  readonly timedOut: () => Error;
  readonly aborted: (reason: unknown) => Error;
}

/**
 * Runs `work` until it settles, `timeout_ms` have passed or the caller's signal fires, whichever comes first. The
 * latter two reject at once, also when `work` does not heed its own signal.
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
