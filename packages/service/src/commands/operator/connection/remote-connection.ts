import { clientMethods, type MethodRequest } from '@pip-sessions/contract/client-methods';
import type { RouteNameV2 } from '@pip-sessions/contract/routes';
import type { ExportLine } from '@pip-sessions/contract/v2';
import { CommandError, EXIT_CODES } from '../command-error.ts';
import type { Connection } from './connection.ts';
import { remoteChanges } from './remote-changes.ts';
import { type Fetch, fetcher, jsonOf, ProblemError, TIMEOUT_MS } from './remote-request.ts';
import { boundedText, lines } from './response-body.ts';

/** Returns the connection to a running service. Throws a `CommandError` for a wrong URL. */
export function remoteConnection(url: string, key: string | null, say: (line: string) => void): Connection {
  const base = baseOf(url);
  // The error of a bad header would quote the key.
  if (key !== null && !/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(
      'The API key has a character that no key has: check --key or SESSIONS_KEY.',
      EXIT_CODES.usage,
    );
  }
  const fetchRoute = fetcher(base, key);
  const client = clientMethods({
    send: async (route, request) => {
      const response = await fetchRoute(route, request);
      return jsonOf(await boundedText(response), base);
    },
    lines: (route, request) => exportLines(fetchRoute, route, request, base),
    isMissing: (error) => error instanceof ProblemError && error.code === 'SESSION_NOT_FOUND',
  });
  return {
    client,
    name: base,
    changes: (started, signal) => remoteChanges(fetchRoute, { base, started, say, signal }),
  };
}

/** Returns the URL of a service without a slash at the end. Throws a `CommandError` for another URL. */
export function baseOf(url: string): string {
  const { protocol, origin, pathname } = URL.canParse(url) ? new URL(url) : { protocol: '', origin: '', pathname: '' };
  if (protocol === 'http:' || protocol === 'https:') return origin + pathname.replace(/\/+$/, '');
  throw new CommandError('--url must be the URL of a service, like http://127.0.0.1:8080.', EXIT_CODES.usage);
}

async function* exportLines(
  fetchRoute: Fetch,
  route: RouteNameV2,
  request: MethodRequest,
  base: string,
): AsyncGenerator<ExportLine, void, undefined> {
  const controller = new AbortController();
  const response = await fetchRoute(route, request, { signal: controller.signal });
  for await (const text of lines(response, { timeout_ms: TIMEOUT_MS, controller })) {
    const line = jsonOf<ExportLine>(text, base);
    yield line;
    if (line.type === 'end') return;
  }
  throw new CommandError('The export ended too early and is incomplete. Start it again.');
}
