import type { Call, Scenario } from '../scenarios/scenario.ts';
import { cpuTimeUs } from './cpu-time.ts';
import { requestBytes } from './request.ts';
import { Slice, type Target } from './slice.ts';

/** How long the answers that are outstanding at the end may take: those of an O(n) contender queue. */
const OUTSTANDING_TIMEOUT_MS = 30_000;

/** What one slice of load measured. */
export interface Measurement {
  readonly answers: number;
  readonly seconds: number;
  readonly requests_per_second: number;
  readonly latency_p50_us: number;
  readonly latency_p99_us: number;
  /** Of all threads of the server; null where there is no `/proc`. */
  readonly server_cpu_us_per_request: number | null;
  readonly errors: number;
  /** What was wrong first. */
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
 * Closed loop: each of `connections` sends its next request when its last was answered, for `seconds`; the answers
 * outstanding then are waited for and counted, in the time as in the number.
 *
 * It does not sleep in between: to wake it is work of the server's that sends an answer, 5 µs here, and the more often
 * the slower the server is. Clients elsewhere cost a server nothing of the kind. Only where a server writes, on a thread
 * beside the one that answers, the core is left to that.
 */
export async function load(target: Target, connections: number, seconds: number): Promise<Measurement> {
  const slice = new Slice(target, seconds);
  const workers = await Promise.all(Array.from({ length: connections }, () => slice.connect()));
  const timer = setTimeout(() => slice.fail('answers are outstanding'), seconds * 1000 + OUTSTANDING_TIMEOUT_MS);
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

/** Keeps the event loop from waiting, until it is told to stop. */
function stayAwake(): () => void {
  let immediate = setImmediate(function again() {
    immediate = setImmediate(again);
  });
  return () => clearImmediate(immediate);
}
