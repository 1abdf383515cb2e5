import type { Peers } from '../peers.ts';
import type { ProcessMetrics } from './exposition.ts';
import type { Family } from './families.ts';
import { IncidentCounts } from './incident-counts.ts';
import { RequestCounts } from './request-counts.ts';
import { type MetricsSources, serviceFamilies } from './service-families.ts';

/** The other processes that serve the same port, with their metrics. */
export type MetricsPeers = Peers<readonly Family[]>;

/** The metrics of the service in this process, and of its peers. */
export class ServiceMetrics {
  readonly requests = new RequestCounts();
  readonly incidents = new IncidentCounts();
  readonly #peers: MetricsPeers | null;
  #sources: MetricsSources | null = null;
  #process: ProcessMetrics | null = null;

  constructor(peers: MetricsPeers | null) {
    this.#peers = peers;
  }

  /** Call it once, when the parts of the service exist. */
  readFrom(sources: Omit<MetricsSources, 'requests' | 'incidents'>): void {
    this.#sources = { ...sources, requests: this.requests, incidents: this.incidents };
    this.#peers?.serve(() => this.#families());
  }

  /** Returns the metrics in the text format of Prometheus. */
  readonly text = async (): Promise<string> => {
    const [own, others, { exposition }] = await Promise.all([
      this.#families(),
      this.#peers?.collect(),
      loadExposition(),
    ]);
    return exposition([own, ...(others?.parts ?? [])]);
  };

  async #families(): Promise<readonly Family[]> {
    if (!this.#sources) return [];
    const { ProcessMetrics } = await loadExposition();
    this.#process ??= new ProcessMetrics();
    const [service, process] = await Promise.all([serviceFamilies(this.#sources), this.#process.families()]);
    return [...service, ...process];
  }
}

/** prom-client is loaded for the first request for metrics, so that it does not delay the start. */
function loadExposition(): Promise<typeof import('./exposition.ts')> {
  return import('./exposition.ts');
}
