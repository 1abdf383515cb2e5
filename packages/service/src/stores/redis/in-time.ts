/** The answer, or a rejection when it takes longer; what comes later is dropped. */
export function inTime<T>(answer: Promise<T>, timeout_ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeout_ms);
  });
  return Promise.race([answer, end]).finally(() => clearTimeout(timer));
}
