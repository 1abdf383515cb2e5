import type { Examination } from '../../examination.ts';
import { CannotCheck } from '../../examination.ts';
import { assertAllowed, get, type ServiceAddress } from './request.ts';

/** A watermark is published several times in a second. Caches stop after 3 seconds without one. */
const FEED_LAG_S_MAX = 3;
/** A sweep is late after this many intervals. */
const INTERVALS_MAX = 3;
const NEAR_MAX = 0.8;

/** The samples of `/metrics` without labels, by their names. */
export type Samples = ReadonlyMap<string, number>;

/** Reads `/metrics` and checks its figures. Resolves to null if they cannot be read. */
export async function examineMetrics(
  examination: Examination,
  service: ServiceAddress,
  now: number,
): Promise<Samples | null> {
  return examination.obtain('the metrics of the service', async (signal) => {
    const reply = await get(service, '/metrics', signal);
    assertAllowed(reply, '/metrics', 'validate');
    if (reply.status !== 200) {
      throw new CannotCheck(`/metrics responds with ${reply.status}: SESSIONS_METRICS may be off.`);
    }
    const samples = samplesOf(reply.text);
    checkSamples(examination, samples, now);
    return samples;
  });
}

function samplesOf(text: string): Samples {
  const lines = text.matchAll(/^(\w+) (\S+)$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, Number(value)]));
}

function checkSamples(examination: Examination, samples: Samples, now: number): void {
  const of = (name: string) => samples.get(name) ?? Number.NaN;
  const lag_s = of('sessions_feed_lag_seconds');
  if (lag_s > FEED_LAG_S_MAX) {
    examination.found(
      'FEED_LAGS',
      `The feed of the store is ${lag_s.toFixed(1)} s behind (sessions_feed_lag_seconds).`,
    );
  }
  const [interval_s, last_s] = [of('sessions_sweep_interval_seconds'), of('sessions_last_sweep_timestamp_seconds')];
  const age_s = now / 1000 - last_s;
  // One node sweeps; the others have no last sweep.
  if (interval_s > 0 && age_s > INTERVALS_MAX * interval_s) {
    const found = `The last sweep was ${Math.round(age_s)} s ago, and the interval is ${interval_s} s`;
    examination.found('SWEEP_LATE', `${found}.`);
  } else if (of('sessions_sweep_is_behind') === 1) {
    examination.found('SWEEP_LATE', 'The last sweep has left sessions for the next one (sessions_sweep_is_behind).');
  }
  const [connections, max] = [of('sessions_http_connections'), of('sessions_http_connections_max')];
  if (connections >= NEAR_MAX * max) {
    examination.found('CONNECTIONS_NEAR_MAX', `The service has ${connections} connections of at most ${max}.`);
  }
  const files_max = of('process_max_fds') * (samples.get('sessions_processes') ?? 1);
  if (files_max < max) {
    const limits = `may have ${of('process_max_fds')} files open, and up to ${max} connections`;
    examination.found('OPEN_FILES_LIMIT_LOW', `The processes of the service ${limits}.`);
  }
}
