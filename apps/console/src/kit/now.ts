import { useSyncExternalStore } from 'react';
import { serviceTime } from '../api/service.ts';

/** One timer for all texts that depend on the time; it runs while something shows such a text. */
class Ticker {
  readonly #listeners = new Set<() => void>();
  readonly #step_ms: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #now = serviceTime();

  constructor(step_ms: number) {
    this.#step_ms = step_ms;
  }

  subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      this.#now = serviceTime();
      this.#timer = setInterval(() => {
        this.#now = serviceTime();
        for (const one of this.#listeners) one();
      }, this.#step_ms);
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearInterval(this.#timer);
    };
  };

  get = (): number => this.#now;
}

const seconds = new Ticker(1_000);
const steps = new Ticker(10_000);

/** The time of the service in milliseconds, renewed every 10 seconds. */
export function useNow(): number {
  return useSyncExternalStore(steps.subscribe, steps.get);
}

/** The time of the service in milliseconds, renewed every second. */
export function useSeconds(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.get);
}
