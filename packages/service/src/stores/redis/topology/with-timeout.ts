const LOOK_MS = 50;

/**
 * The answer, or a rejection when it takes longer; what comes later is dropped. `hopeless` is asked all the time, and what it
 * returns rejects at once.
 */
export function withTimeout<T>(
  answer: Promise<T>,
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
  return Promise.race([answer, end]).finally(() => {
    clearTimeout(timer);
    clearInterval(looks);
  });
}
