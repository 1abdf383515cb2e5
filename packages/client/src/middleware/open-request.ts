import type { OpenRequest, OpenResult } from '@pip-sessions/contract/v2';
import { systemTime } from '../transport/platform.ts';
import { IdleTimeoutMaximum } from '../v2/idle-timeout-maximum.ts';
import { COOKIE_AGE_S_MAX } from './cookies/cookies.ts';

/** The maximum length of a string that the service accepts, in characters. */
const TEXT_LENGTH_MAX = 4096;

/**
 * Shortens strings from the browser to what the service accepts: no sign-in fails because of a long or an odd header.
 */
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
  // Unpaired surrogates, including those that the cut has made.
  return cut.replaceAll(/[\0\p{Surrogate}]/gu, '');
}

/** Opens sessions that live as long as their cookies. */
export class IdleTimeoutLimit {
  readonly #maximum = new IdleTimeoutMaximum(COOKIE_AGE_S_MAX);

  /** Opens a session with an idle timeout as long as the cookie's lifetime, or as the service allows. */
  async open(open: (request: OpenRequest) => Promise<OpenResult>, request: OpenRequest): Promise<OpenResult> {
    const { idle_timeout, expire_time } = request;
    if (idle_timeout !== undefined) return open(request);
    const wanted_s = secondsUntil(expire_time ?? null);
    return this.#maximum.within(wanted_s, (seconds) => open({ ...request, idle_timeout: seconds }));
  }
}

/**
 * Returns the whole seconds until a time, at least 1; the maximum lifetime of a cookie for null and for an unreadable
 * time.
 */
export function secondsUntil(time: string | null): number {
  const seconds = time === null ? Number.NaN : Math.ceil((Date.parse(time) - systemTime()) / 1000);
  return Number.isNaN(seconds) ? COOKIE_AGE_S_MAX : Math.min(Math.max(seconds, 1), COOKIE_AGE_S_MAX);
}
