import { normalPath } from '../../../packages/service/src/http/target.ts';
import { assertSchema } from '../../../packages/service/src/http/v2/fixtures/call.ts';
import { findRoute } from '../../../packages/service/src/http/v2/router.ts';
import type { FuzzRequest } from '../inputs/requests.ts';
import type { Reply } from './replies.ts';

/** A longer rejection repeats the input. */
const REJECTION_CHARS_MAX = 16_384;
/** A shorter text cannot explain anything. */
const TEXT_CHARS_MIN = 10;

/** Throws if a response reports an internal error, or does not have the form that the API promises. */
export function assertReply({ method, path }: FuzzRequest, reply: Reply): void {
  const { status, body, headers } = reply;
  if (status >= 500) throw new Error(`the status is ${status}: ${body}`);
  if (status < 400) {
    const served = normalPath(path);
    if (served.startsWith('/v2/')) assertResult(method, served, reply);
    return;
  }
  if (body.length > REJECTION_CHARS_MAX) throw new Error(`a rejection has ${body.length} characters`);
  if (/node:internal|\.ts:\d+|node_modules/.test(body)) throw new Error(`a rejection shows internal details: ${body}`);
  // Node itself rejects an unknown Expect header. A response to HEAD has no body.
  if (body === '') return;
  const problem = JSON.parse(body);
  if (problem.status !== status || typeof problem.code !== 'string')
    throw new Error(`status ${status} has the body ${body}`);
  const text = String(problem.detail ?? problem.message);
  if (text.length < TEXT_CHARS_MIN) throw new Error(`a rejection gives no reason: ${body}`);
  if (headers.get('content-type') === 'application/problem+json') assertSchema('Problem', problem);
}

function assertResult(method: string, path: string, { status, body }: Reply): void {
  if (method === 'OPTIONS' || method === 'HEAD') return;
  const { route } = findRoute(method, path);
  if (!('run' in route)) return;
  if (status !== route.status) throw new Error(`${route.name} responded with ${status}`);
  assertSchema(route.result, JSON.parse(body));
}

/** Whether a rejected request is meant to end a session: its token was used after the grace. */
export function endsSession({ status, body }: Reply): boolean {
  return status === 409 && body.includes('"compromised"');
}
