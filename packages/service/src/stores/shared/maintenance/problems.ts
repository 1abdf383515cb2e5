import type { Aspect } from './maintenance.ts';

const PROBLEMS_MAX = 20;

/** Gathers the problems of one aspect, of which only the first are kept. */
export class Problems {
  readonly #first: string[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(problem: string): void {
    this.#total += 1;
    if (this.#first.length < PROBLEMS_MAX) this.#first.push(problem);
  }

  aspect(aspect: string, result: string): Aspect {
    return { aspect, result, problems: this.#first, problems_total: this.#total };
  }
}

/** Returns an aspect without a problem. */
export function sound(aspect: string, result: string): Aspect {
  return { aspect, result, problems: [], problems_total: 0 };
}

/** Returns an aspect with one problem. */
export function unsound(aspect: string, problem: string): Aspect {
  return { aspect, result: 'wrong', problems: [problem], problems_total: 1 };
}

/** Returns the aspect of the schema version. */
export function versionAspect(found: number, supported: number): Aspect {
  const result = `version ${found} of ${supported}`;
  if (found <= supported) return sound('schema', result);
  return unsound('schema', `it has version ${found}, and this version of the service supports up to ${supported}`);
}
