import type { CommandV1 } from '@pip-sessions/contract/routes';
import { CORRELATION_HEADER, headerText } from '../transport/header-values.ts';
import { type CallOptions, toCallSettings } from '../transport/options.ts';
import { send } from '../transport/request-with-retries.ts';
import type { PassingEnd } from '../transport/response.ts';
import { responseReaderV1 } from './response.ts';

const REPEATABLE: ReadonlySet<PassingEnd> = new Set<PassingEnd>(['no_answer', 502, 503, 504]);
const NEVER: ReadonlySet<PassingEnd> = new Set();

/**
 * Sends a command, and returns what `read` makes of its JSON result, which may be null. `read` throws for a wrong
 * result. Rejects with a `SessionsError`, or with the error of `JSON.stringify` for members that are not JSON.
 */
export type Call = <T>(
  command: CommandV1,
  correlationId: string | null,
  members: Readonly<Record<string, unknown>>,
  read: (json: unknown) => T,
  signal?: AbortSignal,
) => Promise<T>;

/** Throws a `TypeError` that names an option which is missing or wrong. */
export function createCall(options: CallOptions): Call {
  const settings = toCallSettings(options);
  const { timeout_ms } = settings;
  return async (command, correlationId, members, read, signal) => {
    const { name, isIdempotent } = command;
    const url = `${settings.base}/${name}`;
    const target = { url, command: name };
    const headers = { ...settings.headers };
    let address = url;
    if (correlationId) {
      if (settings.in_query) address += `?${new URLSearchParams({ correlation_id: correlationId })}`;
      if (settings.in_headers) headers[CORRELATION_HEADER] = headerText(correlationId);
    }
    // A redirected POST would become a GET, or send the session to another host.
    const init: RequestInit = { method: 'POST', headers, body: JSON.stringify(members), redirect: 'manual' };
    const reader = responseReaderV1(target, read);
    const repeat_after = isIdempotent ? REPEATABLE : NEVER;
    const call = { method: 'POST', path: new URL(url).pathname, traceparent: undefined };
    return send(settings, call, { target, address, init, reader, timeout_ms, repeat_after }, signal);
  };
}
