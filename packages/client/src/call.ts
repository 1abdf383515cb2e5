import { brokenConnection, type Outcome, readOutcome } from './answer.ts';
import { type CallOptions, type CallSettings, toCallSettings } from './call-options.ts';
import type { CommandV1 } from './contract/v1.ts';
import { withDeadline } from './deadline.ts';
import { type CallTarget, SessionsCallError, type SessionsError } from './errors.ts';
import { monotonicTime } from './platform.ts';

/** The wait before the first repetition; it doubles from one to the next. */
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 2_000;

const CORRELATION_HEADER = 'correlation_id';

/**
 * Sends a command and answers what `read` makes of its JSON result, which may be null. `read` throws when the result
 * is not what it should be. Rejects only with a `SessionsError`, or with the platform's own for members that are not
 * JSON.
 */
export type Call = <T>(
  command: CommandV1,
  correlationId: string | null,
  members: Readonly<Record<string, unknown>>,
  read: (json: unknown) => T,
  signal?: AbortSignal,
) => Promise<T>;

/** Where a command is sent to, and what: set up once a call, sent once an attempt. */
interface CommandRequest<T> {
  readonly target: CallTarget;
  readonly address: string;
  readonly init: RequestInit;
  readonly read: (json: unknown) => T;
  readonly retries: number;
}

/** Throws a `TypeError` that names the option when one is missing or wrong. */
export function createCall(options: CallOptions): Call {
  const settings = toCallSettings(options);
  return async (command, correlationId, members, read, signal) => {
    const { name, repeatable } = command;
    const url = `${settings.base}/${name}`;
    const target = { url, command: name };
    const headers = { ...settings.headers };
    let address = url;
    if (correlationId) {
      if (settings.in_query) address += `?${new URLSearchParams({ correlation_id: correlationId })}`;
      if (settings.in_headers) headers[CORRELATION_HEADER] = headerText(correlationId);
    }
    // A redirected POST becomes a GET, or carries the session to another host.
    const init: RequestInit = { method: 'POST', headers, body: JSON.stringify(members), redirect: 'manual' };
    return send(settings, { target, address, init, read, retries: repeatable ? settings.retries : 0 }, signal);
  };
}

/** A header holds visible ASCII; other text is percent-encoded rather than refused. */
function headerText(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value.toWellFormed());
}

async function send<T>(settings: CallSettings, request: CommandRequest<T>, caller?: AbortSignal): Promise<T> {
  const { target, retries } = request;
  const { timeout_ms } = settings;
  const deadline = monotonicTime() + timeout_ms;
  let failure: SessionsError | undefined;
  const ends = {
    timedOut: () =>
      new SessionsCallError(
        'TIMEOUT',
        target,
        `No answer within ${timeout_ms} ms. Check that the service runs and is not overloaded, or raise timeout_ms.`,
        { cause: failure },
      ),
    aborted: (cause: unknown) => new SessionsCallError('ABORTED', target, "The caller's signal ended it.", { cause }),
  };
  return withDeadline(timeout_ms, caller, ends, async (signal) => {
    for (let repeated = 0; ; repeated += 1) {
      const outcome = await attempt(settings, request, signal);
      if (outcome.type === 'result') return outcome.result;
      failure = outcome.error;
      if (!outcome.passing || repeated === retries || signal.aborted) throw failure;
      const wait_ms = Math.max(outcome.retry_after_ms, backoff(repeated, settings.random));
      // Waiting beyond the deadline would only hide what went wrong.
      if (monotonicTime() + wait_ms >= deadline) throw failure;
      await settings.sleep(wait_ms, signal);
      if (signal.aborted) throw failure;
    }
  });
}

async function attempt<T>(
  settings: CallSettings,
  { target, address, init, read }: CommandRequest<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  try {
    const response = await settings.fetch(address, { ...init, signal });
    return await readOutcome(target, response, settings.answer_bytes_max, read);
  } catch (error) {
    return brokenConnection(target, error);
  }
}

/** Full jitter: callers that failed together do not come back together. */
function backoff(repeated: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** repeated);
}
