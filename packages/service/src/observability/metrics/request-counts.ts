import { Histogram } from '../../domain/figures/histogram.ts';
import { monotonicTime } from '../../domain/time/clock.ts';
import { OPERATIONS, type Operation } from './operations.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const STATUS_CLASSES = 6;
/** The route of a request whose path or method is not served. */
const NO_ROUTE = 'none';

/** A request while it is served. */
export interface CountedRequest {
  route: string;
  /** The kind of the request; null for one without a meaningful duration. */
  operation: Operation | null;
  /** A time of `monotonicTime`. */
  readonly started: number;
}

/** Returns a request whose route is not known yet. */
export function newRequest(): CountedRequest {
  return { route: NO_ROUTE, operation: 'other', started: monotonicTime() };
}

/** Counts requests, by route and class of the status, and their durations, by operation. */
export class RequestCounts {
  /** For each route the number of responses of each class; index 2 has those with status 2xx. */
  readonly responses = new Map<string, number[]>();
  /** Durations in seconds. */
  readonly durations: Readonly<Record<Operation, Histogram>> = Object.fromEntries(
    OPERATIONS.map((operation) => [operation, new Histogram(SECONDS)]),
  ) as Record<Operation, Histogram>;

  ended({ route, operation, started }: CountedRequest, status: number): void {
    let classes = this.responses.get(route);
    if (classes === undefined) {
      classes = Array.from({ length: STATUS_CLASSES }, () => 0);
      this.responses.set(route, classes);
    }
    const index = (status / 100) | 0;
    classes[index] = (classes[index] ?? 0) + 1;
    if (operation !== null) this.durations[operation].observe((monotonicTime() - started) / 1000);
  }
}
