import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { Family } from './families.ts';

/** The metrics of the process that are shown, with their aggregation over several processes. */
const OF_PROCESS: Readonly<Record<string, Family['aggregator']>> = {
  process_cpu_seconds_total: 'sum',
  process_start_time_seconds: 'min',
  process_resident_memory_bytes: 'sum',
  process_open_fds: 'max',
  process_max_fds: 'min',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
  nodejs_eventloop_lag_max_seconds: 'max',
  nodejs_heap_size_used_bytes: 'sum',
  nodejs_gc_duration_seconds: 'sum',
};

/** Measures the process: CPU, memory, file descriptors, delays of the event loop and garbage collections. */
export class ProcessMetrics {
  readonly #registry = new Registry();

  /** Starts to measure the event loop and the garbage collections. */
  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  async families(): Promise<readonly Family[]> {
    const all = (await this.#registry.getMetricsAsJSON()) as unknown as readonly Family[];
    return all.flatMap((family) => {
      const aggregator = OF_PROCESS[family.name];
      return aggregator && family.values.length > 0 ? [{ ...family, aggregator }] : [];
    });
  }
}

/** Returns the metrics of one or more processes in the text format of Prometheus. */
export function exposition(processes: readonly (readonly Family[])[]): Promise<string> {
  return AggregatorRegistry.aggregate(processes.map((families) => [...families])).metrics();
}
