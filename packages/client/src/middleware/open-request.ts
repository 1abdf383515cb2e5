import type { OpenRequest, OpenResult } from '../contract/v2.ts';
import { idleTimeoutMaximumOf } from '../idle-timeout-maximum.ts';
import { systemTime } from '../platform.ts';
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

/** The longest idle timeout that a service allows, as far as it has said so. */
export class IdleTimeoutLimit {
  #max_s = COOKIE_AGE_S_MAX;

  /** Opens a session that stays open without activity for as long as a cookie is kept, or as the service allows. */
  async open(open: (request: OpenRequest) => Promise<OpenResult>, request: OpenRequest): Promise<OpenResult> {
    const { idle_timeout, expire_time } = request;
    if (idle_timeout !== undefined) return open(request);
    const wanted_s = secondsUntil(expire_time ?? null);
    const asked_s = Math.min(wanted_s, this.#max_s);
    try {
      return await open({ ...request, idle_timeout: asked_s });
    } catch (error) {
      const max_s = idleTimeoutMaximumOf(error);
      if (max_s === null || max_s >= asked_s) throw error;
      this.#max_s = max_s;
      return open({ ...request, idle_timeout: max_s });
    }
  }
}

/** Whole seconds, at least 1; the most that a cookie is kept for none, and for a time that cannot be read. */
export function secondsUntil(time: string | null): number {
  const seconds = time === null ? Number.NaN : Math.ceil((Date.parse(time) - systemTime()) / 1000);
  return Number.isNaN(seconds) ? COOKIE_AGE_S_MAX : Math.min(Math.max(seconds, 1), COOKIE_AGE_S_MAX);
}
