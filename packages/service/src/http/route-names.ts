const SEGMENTS_MAX = 8;

/**
 * Writes paths for the log with the words of routes only. Other segments are masked: they may be ids, tokens or keys
 * that a caller put into the path.
 */
export class RouteNames {
  readonly #words: ReadonlySet<string>;

  constructor(paths: Iterable<string>) {
    this.#words = new Set([...paths].flatMap((path) => path.split('/')));
  }

  /** Returns the masked path of a URL. */
  of(url: string | undefined): string {
    const segments = (url ?? '').split('?', 1)[0]?.split('/', SEGMENTS_MAX) ?? [];
    return segments.map((segment) => (this.#words.has(segment) ? segment : '…')).join('/');
  }
}
