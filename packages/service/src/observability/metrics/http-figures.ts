import type { Histogram } from '../../domain/figures/histogram.ts';

/** The state of the HTTP server, for the metrics. */
export interface HttpFigures {
  readonly connections: number;
  readonly connections_max: number;
  /** The number of listeners of `/v2/changes`. */
  readonly listeners: number;
  readonly listeners_max: number;
  /** Seconds from the commit of a change to the write to the last listener. */
  readonly delivery_s: Histogram;
  /** Resolves to whether the node can serve requests, as `/readyz` reports it. */
  readonly isReady: () => Promise<boolean>;
}
