/** A cursor begins with the `open_time` of the last session that was looked at. */
export function cursorTime(cursor: string | null): number | null {
  if (cursor === null) return null;
  try {
    const time = Number.parseInt(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), 10);
    return Number.isSafeInteger(time) && time > 0 ? time : null;
  } catch {
    return null;
  }
}
