import type { Call, Scenario } from '../scenarios/scenario.ts';
import { cpuTimeUs } from './cpu-time.ts';
import { requestBytes } from './request.ts';
import { Slice, type Target } from './slice.ts';

/** Timeout for the last responses. They may wait in the queue of an O(n) contender. */
const OUTSTANDING_TIMEOUT_MS = 30_000;

/** The result of one slice of load. */
export interface Measurement {
  readonly answers: number;
  readonly seconds: number;
  readonly requests_per_second: number;
  readonly latency_p50_us: number;
  readonly latency_p99_us: number;
  /** CPU time of all threads of the server; null without `/proc`. */
  readonly server_cpu_us_per_request: number | null;
  readonly errors: number;
  /** The first error. */
  readonly error: string | null;
}

export function prepareTarget(pid: number, port: number, scenario: Scenario, calls: readonly Call[]): Target {
  const requests = calls.map(({ members, subject }) => ({
    bytes: requestBytes(port, scenario.path, members),
    subject,
  }));
  return { pid, port, scenario, requests };
}

/**
 * Closed loop: for `seconds`, each connection sends its next request after the last response. Then it waits for the missing
 * responses. Their number and the time for them count too.
 *
 * The generator does not sleep between responses. To wake a sleeping process costs the server that sends the response 5 µs
 * here, and a slower server pays more often. Clients on other machines do not cause this. Only for writes the generator
 * sleeps, to leave the core to the server's writer thread.
 */
export async function load(target: Target, connections: number, seconds: number): Promise<Measurement> {
  const slice = new Slice(target, seconds);
  const workers = await Promise.all(Array.from({ length: connections }, () => slice.connect()));
  const timer = setTimeout(() => slice.fail('responses are missing'), seconds * 1000 + OUTSTANDING_TIMEOUT_MS);
  const serverStart = cpuTimeUs(target.pid);
  const start = performance.now();
  const letSleep = target.scenario.is_write ? () => {} : stayAwake();
  slice.start(start);
  try {
    await slice.done;
  } finally {
    letSleep();
    clearTimeout(timer);
    for (const worker of workers) worker.close();
  }
  const elapsed = (performance.now() - start) / 1000;
  const serverEnd = cpuTimeUs(target.pid);
  const { latencies, errors, error } = slice;
  const answers = latencies.length;
  latencies.sort((a, b) => a - b);
  return {
    answers,
    seconds: elapsed,
    requests_per_second: answers / elapsed,
    latency_p50_us: Math.round((latencies[Math.floor(answers * 0.5)] ?? 0) * 1000),
    latency_p99_us: Math.round((latencies[Math.floor(answers * 0.99)] ?? 0) * 1000),
    server_cpu_us_per_request: serverStart === null || serverEnd === null ? null : (serverEnd - serverStart) / answers,
    errors,
    error,
  };
}

/** Keeps the event loop busy until the returned function is called. */
function stayAwake(): () => void {
  let immediate = setImmediate(function again() {
    immediate = setImmediate(again);
  });
  return () => clearImmediate(immediate);
}
