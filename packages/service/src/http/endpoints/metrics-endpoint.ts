import type { IncidentCounts } from '../../observability/metrics/incident-counts.ts';
import type { RequestCounts } from '../../observability/metrics/request-counts.ts';
import type { Endpoints } from './endpoints.ts';

/** The metrics of a service, as its HTTP server uses them. */
export interface HttpMetrics {
  readonly requests: RequestCounts;
  readonly incidents: IncidentCounts;
  /** Returns the metrics in the text format of Prometheus. */
  readonly text: () => Promise<string>;
}

const HEADERS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' };

/** `GET /metrics`. Concurrent requests share one collection. */
export function metricsEndpoint({ text }: Pick<HttpMetrics, 'text'>): Endpoints {
  let collected: Promise<string> | null = null;
  return {
    '/metrics': async () => {
      collected ??= text().finally(() => {
        collected = null;
      });
      return { status: 200, headers: HEADERS, body: await collected };
    },
  };
}
