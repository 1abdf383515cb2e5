import type { OpenRequest, OpenResult } from '@pip-sessions/contract/v2';
import { systemTime } from '../transport/platform.ts';
import { IdleTimeoutMaximum } from '../v2/idle-timeout-maximum.ts';
import { COOKIE_AGE_S_MAX } from './cookies.ts';

/** Of a text, in characters, that the service takes. */
const TEXT_LENGTH_MAX = 4096;

/** What the service takes of what a browser said: no user is refused for a long or an odd header. */
export function fittingRequest<Request extends OpenRequest>(request: Request): Request {
  const { client, address } = request;
  return {
    ...request,
    ...(typeof client === 'string' && { client: fittingText(client) }),
    ...(typeof address === 'string' && { address: fittingText(address) }),
  };
}

function fittingText(text: string): string {
  const cut = text.length > TEXT_LENGTH_MAX ? text.replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX) : text;
  // Surrogates without their other half, also those that the cut has made.
  return cut.replaceAll(/[\0\p{Surrogate}]/gu, '');
}

/** Opens sessions that live as long as their cookies. */
export class IdleTimeoutLimit {
  readonly #maximum = new IdleTimeoutMaximum(COOKIE_AGE_S_MAX);

  /** Opens a session that stays open without activity for as long as a cookie is kept, or as the service allows. */
  async open(open: (request: OpenRequest) => Promise<OpenResult>, request: OpenRequest): Promise<OpenResult> {
    const { idle_timeout, expire_time } = request;
    if (idle_timeout !== undefined) return open(request);
    const wanted_s = secondsUntil(expire_time ?? null);
    return this.#maximum.within(wanted_s, (seconds) => open({ ...request, idle_timeout: seconds }));
  }
}

/** Whole seconds, at least 1; the most that a cookie is kept for none, and for a time that cannot be read. */
export function secondsUntil(time: string | null): number {
  const seconds = time === null ? Number.NaN : Math.ceil((Date.parse(time) - systemTime()) / 1000);
  return Number.isNaN(seconds) ? COOKIE_AGE_S_MAX : Math.min(Math.max(seconds, 1), COOKIE_AGE_S_MAX);
}
