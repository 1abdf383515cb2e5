const SEGMENTS_MAX = 8;

/**
 * Names paths for the log by the words that routes consist of. Other segments may be ids, tokens, or keys that somebody put
 * into a path, in any spelling: they are not repeated.
 */
export class RouteNames {
  readonly #words: ReadonlySet<string>;

  constructor(paths: Iterable<string>) {
    this.#words = new Set([...paths].flatMap((path) => path.split('/')));
  }

  /** Of the URL of a request. */
  of(url: string | undefined): string {
    const segments = (url ?? '').split('?', 1)[0]?.split('/', SEGMENTS_MAX) ?? [];
    return segments.map((segment) => (this.#words.has(segment) ? segment : '…')).join('/');
  }
}
