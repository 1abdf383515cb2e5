import { type Clock, systemClock } from '../../../packages/service/src/domain/time/clock.ts';
import type { ClockSetting } from './protocol.ts';

/** The clock of one node: the machine's clock with an offset that can step. It can also stand still. */
export class NodeClock implements Clock {
  #setting: ClockSetting;
  #rests_at: number | null = null;
  /** The rule of the service: a clock that was set back stands still until it has caught up. */
  readonly #clock = systemClock(() => this.#read());

  constructor(setting: ClockSetting) {
    this.#setting = setting;
  }

  now(): number {
    return this.#clock.now();
  }

  set(setting: ClockSetting): void {
    this.#setting = setting;
    this.#rests_at = null;
  }

  rest(): void {
    this.#rests_at = this.now();
  }

  #read(): number {
    if (this.#rests_at !== null) return this.#rests_at;
    const { offset_ms, tick_ms } = this.#setting;
    return Math.floor((Date.now() + offset_ms) / tick_ms) * tick_ms;
  }
}
