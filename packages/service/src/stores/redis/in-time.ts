const LOOK_MS = 50;

/**
 * The answer, or a rejection when it takes longer; what comes later is dropped. Rejects at once with what `hopeless` returns,
 * which is asked all the time.
 */
export function inTime<T>(
  answer: Promise<T>,
  timeout_ms: number,
  late: () => Error,
  hopeless: () => Error | null = () => null,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let looks: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeout_ms);
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
