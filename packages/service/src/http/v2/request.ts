import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../api/caller.ts';
import { RequestError } from '../../api/error-codes.ts';
import type { AnyRoute, RouteRequest } from '../../api/v2/route.ts';
import { invalidMember } from '../../domain/errors.ts';
import { assertIdempotencyKey } from '../../domain/open-request.ts';
import { isJsonType, readJson } from '../body/json-request.ts';
import { discardBody, hasBody, hasEmptyBody } from '../body/unread-body.ts';
import { revisionsOf } from './if-match.ts';
import type { Match } from './router.ts';

/** The media type of RFC 7396, accepted in addition to JSON. */
const MERGE_PATCH = /^application\/merge-patch\+json\s*(?:;|$)/i;

/** A request whose `If-Match` may have several revisions. */
export interface ReceivedRequest extends Omit<RouteRequest, 'revision'> {
  readonly revisions: readonly number[] | undefined;
}

/** Reads the parts of a request that a route needs. Throws or rejects with `INVALID_DATA` or a `RequestError`. */
export function readRequest(
  request: IncomingMessage,
  { route, id }: Match<AnyRoute>,
  caller: Caller,
  bytes_max: number,
): Promise<ReceivedRequest> {
  const { headers, url = '' } = request;
  const idempotency_key = route.name === 'openSession' ? idempotencyKey(headers['idempotency-key']) : null;
  const revisions = route.isConditional ? revisionsOf(headers['if-match']) : undefined;
  const withInput = (input: unknown) => ({ id, caller, input, revisions, idempotency_key });
  if (route.method === 'GET') {
    const input = withInput(queryOf(url));
    return hasBody(request) ? discardBody(request).then(() => input) : Promise.resolve(input);
  }
  return bodyOf(request, route, bytes_max).then(withInput);
}

async function bodyOf(request: IncomingMessage, route: AnyRoute, bytes_max: number): Promise<unknown> {
  const { 'content-type': type } = request.headers;
  if (!hasBody(request)) return withoutBody(route);
  if (!(type !== undefined && (isJsonType(type) || (route.method === 'PATCH' && MERGE_PATCH.test(type))))) {
    if (await hasEmptyBody(request)) return withoutBody(route);
    const given = type === undefined ? 'missing' : JSON.stringify(type.slice(0, 100));
    throw new RequestError('UnsupportedMediaType', `Content-Type is ${given}; send application/json.`);
  }
  return readJson(request, Math.min(bytes_max, route.body_bytes_max)).then((body) =>
    body === undefined ? withoutBody(route) : body,
  );
}

function withoutBody(route: AnyRoute): object {
  if (route.input === 'AnyJson')
    throw new RequestError('InvalidContent', 'The request must have a body with a JSON value.');
  return {};
}

/**
 * Parses the query. Each parameter may occur once, and gets the type that its text looks like; the schema checks the
 * type.
 */
function queryOf(url: string): Readonly<Record<string, unknown>> {
  const start = url.indexOf('?');
  if (start === -1) return {};
  const query = url.slice(start + 1);
  const members: Record<string, unknown> = Object.create(null);
  for (const [name, text] of new URLSearchParams(query)) {
    if (name === 'correlation_id' || name === 'trace_id') continue;
    if (name in members) throw invalidMember(name, 'is repeated; send it once');
    // `URLSearchParams` replaces undecodable bytes by this character; a filter would then search for it.
    if (text.includes('\ufffd') && !isDecodable(query)) throw invalidMember(name, 'is not valid percent-encoded UTF-8');
    members[name] = QUERY_TYPES.get(name)?.(text) ?? text;
  }
  return members;
}

/** A map: an object would also have properties like `__proto__`. */
const QUERY_TYPES = new Map<string, (text: string) => unknown>([
  ['limit', (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)],
  ['active', toBoolean],
  ['total', toBoolean],
]);

function isDecodable(query: string): boolean {
  try {
    decodeURIComponent(query);
    return true;
  } catch {
    return false;
  }
}

function toBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

function idempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  assertIdempotencyKey(header);
  return header;
}
