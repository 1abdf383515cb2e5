import { EventParser } from '@pip-sessions/contract/event-parser';
import { monotonicTime } from '../../../../../domain/time/clock.ts';
import { CannotCheck, type Examination } from '../../examination.ts';
import { assertAllowed, open, type ServiceAddress } from './request.ts';

const PATH = '/v2/changes';
/** The service sends the first event at once, and then one each second. */
const EVENT_TIMEOUT_MS = 4_000;
const TIMEOUT_MS = 3 * EVENT_TIMEOUT_MS;
const LAG_MS_MAX = 3_000;

/**
 * Checks that the events of the change stream arrive when they are sent. `lagsAlready` says that the feed of the store
 * is known to be late: then no heartbeats are sent.
 */
export async function examineChanges(
  examination: Examination,
  service: ServiceAddress,
  lagsAlready: boolean,
): Promise<void> {
  await examination.check(
    'the events of the change stream',
    async (signal) => {
      const ended = new AbortController();
      try {
        await follow(examination, service, lagsAlready, AbortSignal.any([signal, ended.signal]));
      } finally {
        ended.abort();
      }
    },
    TIMEOUT_MS,
  );
}

async function follow(
  examination: Examination,
  service: ServiceAddress,
  lagsAlready: boolean,
  signal: AbortSignal,
): Promise<void> {
  const response = await inTime(open(service, PATH, signal));
  if (response === null) return buffered(examination, service, 'no response');
  const { statusCode: status = 0 } = response;
  assertAllowed({ status }, PATH, 'validate');
  if (status !== 200) throw new CannotCheck(`${PATH} responds with ${status}.`);
  const times = timesOf(response.setEncoding('utf8'));
  const hello = await inTime(times.next());
  if (hello === null) return buffered(examination, service, 'no event');
  if (hello.done) throw new CannotCheck(`${PATH} ended before its first event.`);
  const began = monotonicTime();
  const heartbeat = await inTime(times.next());
  if (heartbeat?.done) throw new CannotCheck(`${PATH} ended after its first event.`);
  if (heartbeat === null) {
    if (!lagsAlready) buffered(examination, service, 'one event, and no heartbeat');
    return;
  }
  const lag_ms = hello.value + (monotonicTime() - began) - heartbeat.value;
  if (lag_ms <= LAG_MS_MAX || lagsAlready) return;
  examination.found('FEED_LAGS', `The watermark of ${PATH} is ${(lag_ms / 1000).toFixed(1)} s old.`);
}

function buffered(examination: Examination, { base }: ServiceAddress, what: string): void {
  const found = `${base}${PATH} has sent ${what} within ${EVENT_TIMEOUT_MS / 1000} s`;
  examination.found('CHANGES_BUFFERED', `${found}; the service sends events at once.`);
}

/** The times of the events `hello` and `heartbeat`. */
async function* timesOf(parts: AsyncIterable<string>): AsyncGenerator<number, undefined, undefined> {
  const parser = new EventParser();
  for await (const part of parts) {
    for (const { type, data } of parser.push(part)) {
      if (type === 'hello' || type === 'heartbeat') yield Number(JSON.parse(data).time);
    }
  }
}

/** Resolves to null if the result does not come in time. */
async function inTime<T>(result: Promise<T>): Promise<T | null> {
  // The result may still fail when the stream is closed.
  result.catch(() => {});
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), EVENT_TIMEOUT_MS);
  return Promise.race([result, late.promise]).finally(() => clearTimeout(timer));
}
