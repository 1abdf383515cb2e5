import { endsOf, withDeadline } from './deadline.ts';
import type { CallTarget } from './errors.ts';
import type { TransportSettings } from './options.ts';
import { monotonicTime } from './platform.ts';
import { brokenConnection, type Outcome, type PassingEnd, type ResponseReader, readOutcome } from './response.ts';
import type { TracedCall } from './tracing.ts';

/** The maximum wait before the first repetition, in milliseconds. It doubles with each repetition. */
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 2_000;

/** A request that is prepared once per call and sent once per attempt. */
export interface PreparedRequest<T> {
  readonly target: CallTarget;
  readonly address: string;
  readonly init: RequestInit;
  readonly reader: ResponseReader<T>;
  /** The timeout of the call with all its attempts and the waits between them. */
  readonly timeout_ms: number;
  /** The outcomes after which the request may be sent again without doing anything twice. */
  readonly repeat_after: ReadonlySet<PassingEnd>;
}

/** Sends a request until its outcome is final, or the caller aborts; in a span, if the client has traces. */
export async function send<T>(
  settings: TransportSettings,
  call: Omit<TracedCall, 'url'>,
  request: PreparedRequest<T>,
  caller?: AbortSignal,
): Promise<T> {
  const { tracing, base: url } = settings;
  if (tracing === null) return attempts(settings, request, caller);
  return tracing.call({ ...call, url }, async ({ headers, responded }) => {
    const fetch: TransportSettings['fetch'] = async (address, init) => {
      const response = await settings.fetch(address, init);
      responded(response.status);
      return response;
    };
    const init = { ...request.init, headers: { ...(request.init.headers as Record<string, string>), ...headers } };
    return attempts({ ...settings, fetch }, { ...request, init }, caller);
  });
}

/** Sends a request in one or more attempts. */
async function attempts<T>(settings: TransportSettings, request: PreparedRequest<T>, caller?: AbortSignal): Promise<T> {
  const { target, timeout_ms, repeat_after } = request;
  const deadline = monotonicTime() + timeout_ms;
  let failure: Error | undefined;
  const ends = endsOf(target, timeout_ms, () => failure);
  return withDeadline(timeout_ms, caller, ends, async (signal) => {
    for (let repeated = 0; ; repeated += 1) {
      const outcome = await attempt(settings, request, signal);
      if (outcome.type === 'result') return outcome.result;
      failure = outcome.error;
      const passing = outcome.end !== null && repeat_after.has(outcome.end);
      if (!passing || repeated === settings.retries || signal.aborted) throw failure;
      const wait_ms = Math.max(outcome.retry_after_ms, backoff(repeated, settings.random));
      // A wait beyond the deadline would replace this error by a TIMEOUT, which says less.
      if (monotonicTime() + wait_ms >= deadline) throw failure;
      await settings.sleep(wait_ms, signal);
      if (signal.aborted) throw failure;
    }
  });
}

async function attempt<T>(
  settings: TransportSettings,
  { target, address, init, reader }: PreparedRequest<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  try {
    const response = await settings.fetch(address, { ...init, signal });
    return await readOutcome(target, response, settings.response_bytes_max, reader);
  } catch (error) {
    return brokenConnection(target, address, error);
  }
}

/** Full jitter: callers that failed together do not repeat together. */
function backoff(repeated: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** repeated);
}
