const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Returns a number of bytes for people: `12 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${UNITS[unit]}`;
}
