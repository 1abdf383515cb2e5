/** The only clock of this package: milliseconds since 1970. */
export function systemTime(): number {
  return Date.now();
}
