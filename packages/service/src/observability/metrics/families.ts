import type { Histogram } from '../../domain/figures/histogram.ts';

/** How the values of several processes of one service are combined. */
type Aggregator = 'sum' | 'max' | 'min' | 'first';
type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** The name of a sample of a histogram. */
  readonly metricName?: string;
}

/** A metric with all its samples, in the form that `getMetricsAsJSON` of prom-client returns. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: Aggregator;
  readonly values: readonly Sample[];
}

type Values = number | Iterable<readonly [Labels, number]>;

/** Returns a metric that only grows. Its name must end with `_total`. */
export function counter(name: string, help: string, values: Values): Family {
  return { name, help, type: 'counter', aggregator: 'sum', values: samplesOf(values) };
}

export function gauge(name: string, help: string, values: Values, aggregator: Aggregator = 'sum'): Family {
  return { name, help, type: 'gauge', aggregator, values: samplesOf(values) };
}

/** Returns a histogram for each set of labels. Those without a value are left out. */
export function histogram(name: string, help: string, histograms: Iterable<readonly [Labels, Histogram]>): Family {
  const values = [...histograms].flatMap(([labels, one]) => buckets(name, labels, one));
  return { name, help, type: 'histogram', aggregator: 'sum', values };
}

/** Returns the values of an object or a map as values of one label. */
export function* by(
  label: string,
  counts: Readonly<Record<string, number>> | ReadonlyMap<string, number>,
): Iterable<readonly [Labels, number]> {
  const entries = counts instanceof Map ? counts : Object.entries(counts);
  for (const [key, count] of entries) yield [{ [label]: key }, count];
}

function samplesOf(values: Values): readonly Sample[] {
  if (typeof values === 'number') return [{ labels: {}, value: values }];
  return Array.from(values, ([labels, value]) => ({ labels, value }));
}

function buckets(name: string, labels: Labels, { bounds, counts, sum }: Histogram): Sample[] {
  let count = 0;
  const samples = counts.map((inBucket, index): Sample => {
    count += inBucket;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[index] ?? '+Inf' }, value: count };
  });
  if (count === 0) return [];
  return [
    ...samples,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
