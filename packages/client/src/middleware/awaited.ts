/** A promise that records whether code waits for it. Promises derived from it are plain ones. */
class AwaitedPromise<T> extends Promise<T> {
  isAwaited = false;

  static override get [Symbol.species]() {
    return Promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: `await` calls it, and no other event shows that code waits
  override then<A = T, B = never>(
    done?: ((value: T) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAwaited = true;
    return super.then(done, failed);
  }
}

/**
 * Returns the same work as a promise for which a forgotten `await` does not end the process. If the work fails and no
 * code waits for it, `report` gets an error that says so.
 */
export function awaited<T>(call: string, work: Promise<T>, report: (error: Error) => void): Promise<T> {
  const promise = new AwaitedPromise<T>((resolve, reject) => {
    work.then(resolve, reject);
  });
  const watch = (cause: unknown) => {
    if (promise.isAwaited) return;
    const detail = cause instanceof Error ? cause.message : String(cause);
    report(
      new Error(`${call}() failed, and its promise is not awaited: write await userSession.${call}(…). ${detail}`, {
        cause,
      }),
    );
  };
  // Not `catch`, which would count as waiting.
  Promise.prototype.then.call(promise, undefined, watch);
  return promise;
}
