import { assertKnownOptions } from '@pip-sessions/contract/arguments';
import type { RequestOptions } from '@pip-sessions/contract/request-options';
import { toPath, toQuery } from '@pip-sessions/contract/request-path';
import type { RouteV2 } from '@pip-sessions/contract/routes';
import type { ExportLine } from '@pip-sessions/contract/v2';
import { CORRELATION_HEADER, headerText, traceparentText, visibleAscii } from '../transport/header-values.ts';
import {
  JSON_TYPE,
  refuseRoute,
  TRANSPORT_OPTIONS,
  type TransportOptions,
  type TransportSettings,
  toTimeout,
  toTransportSettings,
  wholeNumber,
} from '../transport/options.ts';
import { send } from '../transport/request-with-retries.ts';
import type { PassingEnd } from '../transport/response.ts';
import { readLines } from './lines.ts';
import { responseReaderV2 } from './response.ts';

/** How to reach a sessions service by API v2. Only `url` is required. */
export interface SessionsClientOptions extends TransportOptions {
  /** An API key of the service, with the scope that the calls need. */
  readonly key?: string | undefined;
}

const MERGE_PATCH_TYPE = 'application/merge-patch+json';
const LINES_TYPE = 'application/x-ndjson';
/** Statuses after which the service has certainly not carried out the request. */
const NOT_DONE: ReadonlySet<PassingEnd> = new Set<PassingEnd>([429, 503]);
/** Idempotent requests: safe to send again even if the outcome of the first attempt is unknown. */
const NOT_DONE_OR_UNKNOWN: ReadonlySet<PassingEnd> = new Set<PassingEnd>([...NOT_DONE, 'no_answer', 502, 504]);

interface RequestV2<T> {
  readonly route: RouteV2;
  /** The id of the session, for a route to one. */
  readonly id?: string | undefined;
  readonly query?: object;
  /** The JSON value of the body. A request without this property has no body. */
  readonly body?: unknown;
  readonly if_match?: number | undefined;
  readonly idempotency_key?: string | undefined;
  /** Converts the JSON of the response to the result; throws if it is wrong. */
  readonly read: (json: unknown) => T;
}

/** Sends a request. Rejects as `SessionsClient` says. */
export type CallV2 = <T>(request: RequestV2<T>, options?: RequestOptions) => Promise<T>;

/** Sends a request and returns the lines of its response as they arrive. `read` converts each of them. */
export type LinesV2 = (request: RequestV2<ExportLine>, options?: RequestOptions) => AsyncIterable<ExportLine>;

/** Throws a `TypeError` that names an option which is missing or wrong. */
export function createCallsV2(client: SessionsClientOptions): { readonly call: CallV2; readonly lines: LinesV2 } {
  const settings = toClientSettings(client);
  return {
    call: async (request, options = {}) => {
      const reader = responseReaderV2(request.route, request.read);
      const call = tracedOf(request, options);
      return send(settings, call, { ...prepared(settings, request, options), reader }, options.signal);
    },
    lines: async function* (request, options = {}) {
      const reader = {
        ...responseReaderV2<Response>(request.route, noWhole),
        inParts: (response: Response) => response,
      };
      const { init, ...rest } = prepared(settings, request, options);
      const headers = { ...init.headers, accept: `${LINES_TYPE}, application/problem+json` };
      const call = tracedOf(request, options);
      const sent = { ...rest, init: { ...init, headers }, reader };
      const response = await send(settings, call, sent, options.signal);
      yield* readLines(
        response,
        { ...rest, signal: options.signal, bytes_max: settings.response_bytes_max },
        request.read,
      );
    },
  };
}

function prepared(settings: TransportSettings, request: RequestV2<unknown>, options: RequestOptions) {
  const { route, id, query = {}, if_match } = request;
  const { method, path } = route;
  const { timeout_ms = settings.timeout_ms } = options;
  const headers = toHeaders(settings, request, options);
  return {
    target: { url: settings.base, command: `${method} ${path}` },
    address: settings.base + toPath(route, id) + toQuery(query),
    // A redirected request would send the key and the token to another host.
    init: { method, headers, body: toBody(request), redirect: 'manual' } as const,
    timeout_ms: toTimeout(timeout_ms),
    repeat_after: route.isIdempotent && if_match === undefined ? NOT_DONE_OR_UNKNOWN : NOT_DONE,
  };
}

function tracedOf({ route: { method, path } }: RequestV2<unknown>, { traceparent }: RequestOptions) {
  return { method, path, traceparent };
}

function noWhole(): never {
  throw new TypeError('The response is read in parts.');
}

const CLIENT_OPTIONS: Readonly<Record<keyof SessionsClientOptions, true>> = { ...TRANSPORT_OPTIONS, key: true };

export function toClientSettings(options: SessionsClientOptions): TransportSettings {
  assertKnownOptions(options, 'the client', CLIENT_OPTIONS);
  const { url, key } = options;
  if (key === '') throw new TypeError('key is empty: set an API key, or leave out this option.');
  refuseRoute(url, 'v2');
  return toTransportSettings(options, '', {
    accept: `${JSON_TYPE}, application/problem+json`,
    ...(key !== undefined && { authorization: `Bearer ${visibleAscii('key', key)}` }),
  });
}

function toHeaders(
  settings: TransportSettings,
  request: RequestV2<unknown>,
  { correlation_id, traceparent }: RequestOptions,
): Record<string, string> {
  const { route, if_match, idempotency_key } = request;
  return {
    ...settings.headers,
    ...('body' in request && { 'content-type': route.isMergePatch ? MERGE_PATCH_TYPE : JSON_TYPE }),
    ...(if_match !== undefined && { 'if-match': `"${wholeNumber('if_match', if_match, 0, Number.MAX_SAFE_INTEGER)}"` }),
    ...(idempotency_key !== undefined && { 'idempotency-key': visibleAscii('idempotency_key', idempotency_key) }),
    ...(correlation_id && { [CORRELATION_HEADER]: headerText(correlation_id) }),
    ...(traceparent !== undefined && { traceparent: traceparentText(traceparent) }),
  };
}

function toBody(request: RequestV2<unknown>): string | null {
  if (!('body' in request)) return null;
  const text: string | undefined = JSON.stringify(request.body);
  if (text === undefined) throw new TypeError('The value is undefined, which JSON does not have: use null.');
  return text;
}
