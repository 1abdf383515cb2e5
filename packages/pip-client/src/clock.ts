/** The only source of time here: milliseconds since 1970. */
export function systemTime(): number {
  return Date.now();
}
