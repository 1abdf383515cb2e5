const LOOK_MS = 50;

/**
 * Resolves to the result, or rejects with `late()` after the timeout; a later result is dropped. `hopeless` is called
 * repeatedly; an error that it returns rejects at once.
 */
export function withTimeout<T>(
  result: Promise<T>,
  timeout_ms: number,
  late: () => Error,
  hopeless?: () => Error | null,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let looks: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeout_ms);
    if (!hopeless) return;
    looks = setInterval(() => {
      const error = hopeless();
      if (error) reject(error);
    }, LOOK_MS);
  });
  return Promise.race([result, end]).finally(() => {
    clearTimeout(timer);
    clearInterval(looks);
  });
}
