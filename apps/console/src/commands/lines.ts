/** The lines of a shell that do the same as an action of the console. */
export interface CommandLines {
  readonly curl: string;
  /** Null if `pip-sessions` cannot do it. */
  readonly command: string | null;
}

/** Where the service is, and whether it requires a key. */
export interface Target {
  readonly origin: string;
  readonly needsKey: boolean;
}

interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The path below the origin: `/v2/sessions`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** Whether the response does not end. */
  readonly isStream?: boolean;
}

/** A `curl` line for a request of API v2. The key comes from the environment, because other users can see arguments. */
export function curlLine({ origin, needsKey }: Target, { method, path, query, body, isStream }: ApiRequest): string {
  const search = query && query.size > 0 ? `?${query}` : '';
  return [
    'curl',
    ...(isStream ? ['-N'] : []),
    ...(method === 'GET' ? [] : ['-X', method]),
    quoted(`${origin}${path}${search}`),
    ...(needsKey ? ['-H', '"authorization: Bearer $SESSIONS_KEY"'] : []),
    ...(body === undefined ? [] : ['-H', quoted('content-type: application/json'), '-d', quoted(JSON.stringify(body))]),
  ].join(' ');
}

/** A line of `pip-sessions`. An option whose value is undefined is left out; one that is true has no value. */
export function commandLine(
  { origin }: Target,
  words: readonly string[],
  options: Readonly<Record<string, string | number | true | undefined>> = {},
): string {
  const given = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll('_', '-')}`;
    if (value === undefined) return [];
    return value === true ? [flag] : [flag, String(value)];
  });
  return ['pip-sessions', ...words, ...given, '--url', origin].map(quoted).join(' ');
}

/** A word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
