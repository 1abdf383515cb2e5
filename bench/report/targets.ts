import type { ContenderName } from '../contenders/contender.ts';
import type { Result } from '../rounds.ts';
import { ratio, type Spread } from './spread.ts';

/** A target ratio of the service: how much better one result is than another. 2 is twice as good. */
export interface Figure {
  readonly name: string;
  readonly at_least: number;
  /** The ratio of requests per second. Other load on the machine changes it. */
  readonly by_throughput: Spread | null;
  /** The ratio of the server's CPU time per request, all threads. Other load hardly changes it. */
  readonly by_cpu: Spread | null;
}

const SERVICES = ['service-memory', 'service-sqlite'] as const;
const GET_OF_ORIGINAL = 10;
const GET_OF_FLOOR = 0.8;
const VALIDATE_OF_FLOOR = 0.75;
const GET_LARGE_OF_SMALL = 0.8;
const LIST_LARGE_OF_SMALL = 0.5;
const SQLITE_WRITE_OF_ORIGINAL = 4;

/** All figures for which both results were measured. */
export function figures(results: readonly Result[]): Figure[] {
  const sizes = [...new Set(results.map(({ size }) => size))].sort((a, b) => a - b);
  const [small, large] = [sizes[0], sizes.at(-1)];
  const found: (Figure | null)[] = [];

  function result(scenario: string, contender: ContenderName, size: number): Result | undefined {
    return results.find((r) => r.scenario === scenario && r.contender === contender && r.size === size);
  }

  function against(other: ContenderName, scenario: string, contender: ContenderName, at_least: number): void {
    for (const size of sizes) {
      const name = `${scenario}: ${contender} against ${other}, ${size.toLocaleString('en')} sessions`;
      found.push(figure(name, at_least, result(scenario, contender, size), result(scenario, other, size)));
    }
  }

  function growth(scenario: string, contender: ContenderName, at_least: number): void {
    if (small === undefined || large === undefined || small === large) return;
    const name = `${scenario}: ${contender}, ${large.toLocaleString('en')} sessions against ${small.toLocaleString('en')}`;
    found.push(figure(name, at_least, result(scenario, contender, large), result(scenario, contender, small)));
  }

  for (const service of SERVICES) against('original', 'get', service, GET_OF_ORIGINAL);
  for (const service of SERVICES) against('floor', 'get', service, GET_OF_FLOOR);
  for (const service of SERVICES) growth('get', service, GET_LARGE_OF_SMALL);
  for (const service of SERVICES) against('floor', 'validate', service, VALIDATE_OF_FLOOR);
  against('original', 'open', 'service-sqlite', SQLITE_WRITE_OF_ORIGINAL);
  against('original', 'store', 'service-sqlite', SQLITE_WRITE_OF_ORIGINAL);
  for (const service of SERVICES) growth('list', service, LIST_LARGE_OF_SMALL);
  return found.filter((each) => each !== null);
}

function figure(name: string, at_least: number, of: Result | undefined, to: Result | undefined): Figure | null {
  if (!of || !to) return null;
  return {
    name,
    at_least,
    by_throughput: ratio(throughputs(of), throughputs(to)),
    by_cpu: ratio(cpuTimes(to), cpuTimes(of)),
  };
}

export function verdict({ at_least }: Figure, measured: Spread | null): 'met' | 'missed' | 'not measured' {
  if (!measured) return 'not measured';
  return measured.median >= at_least ? 'met' : 'missed';
}

export function throughputs({ measurements }: Result): readonly number[] {
  return measurements.map((measurement) => measurement.requests_per_second);
}

export function cpuTimes({ measurements }: Result): readonly (number | null)[] {
  return measurements.map((measurement) => measurement.server_cpu_us_per_request);
}
