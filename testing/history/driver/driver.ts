import { setTimeout as delay } from 'node:timers/promises';
import { Checker } from '../checker/checker.ts';
import type { Violation } from '../checker/violation.ts';
import { type HistoryEvent, type HistorySettings, monotonicMicros, type OperationKind } from '../history.ts';
import type { Disturbance, Plan } from '../plan/plan.ts';
import { Recorder } from '../report/recorder.ts';
import { Clients } from './clients.ts';
import { type Engine, startEngine } from './engines.ts';
import { Gate } from './gate.ts';
import { Rest } from './rest.ts';
import { World } from './world.ts';

/** Long enough for the next watermark of every listener. */
const LAST_WATERMARKS_MS = 1_500;
const WATCH_INTERVAL_MS = 1_000;
const PROGRESS_INTERVAL_MS = 60_000;
const POLL_MS = 2;

/** The result of a run. */
export interface Outcome {
  readonly violation: Violation | null;
  readonly events: readonly HistoryEvent[];
  readonly settings: HistorySettings;
  readonly figures: Figures;
}

interface Figures {
  operations: number;
  readonly kinds: Map<OperationKind, number>;
  /** The number of responses and events that showed an end. */
  ends: number;
  unknown: number;
  kills: number;
  failures: number;
  rests: number;
  seconds: number;
}

/** Options of `run`. */
export interface RunControl {
  /** Ends the run early, with a final rest and all checks. */
  readonly signal?: AbortSignal;
  /** Called each minute with the number of operations so far. */
  readonly onProgress?: (operations: number) => void;
}

/** Runs a plan: its nodes, its clients and its disturbances, and checks the history. */
export async function run(plan: Plan, seconds_max: number, control: RunControl = {}): Promise<Outcome> {
  const engine = await startEngine(plan.options.store);
  const driver = new Driver(plan, engine);
  try {
    return await driver.run(seconds_max, control);
  } finally {
    await driver.stop();
    await engine.remove();
  }
}

class Driver {
  readonly #plan: Plan;
  readonly #engine: Engine;
  readonly #settings: HistorySettings;
  readonly #checker: Checker;
  readonly #recorder = new Recorder();
  readonly #gate = new Gate();
  readonly #world: World;
  readonly #clients: Clients;
  readonly #rest: Rest;
  readonly #figures: Figures;
  readonly #failed = Promise.withResolvers<never>();
  #violation: Violation | null = null;
  #isOver = false;

  constructor(plan: Plan, engine: Engine) {
    this.#plan = plan;
    this.#engine = engine;
    const { limit, touch_interval_ms, retention_ms, page_size_max } = plan;
    const epoch_ms = Date.now() - monotonicMicros() / 1_000;
    const has_near_caches = plan.nodes > 1;
    this.#settings = { limit, touch_interval_ms, retention_ms, page_size_max, has_near_caches, epoch_ms };
    this.#checker = new Checker(this.#settings);
    this.#world = new World(plan, engine, (event) => this.#observe(event));
    this.#clients = new Clients(plan, this.#world, this.#gate);
    this.#rest = new Rest(this.#world, this.#clients.slots);
    const none = { operations: 0, ends: 0, unknown: 0, kills: 0, failures: 0, rests: 0, seconds: 0 };
    this.#figures = { ...none, kinds: new Map() };
  }

  async run(seconds_max: number, { signal, onProgress }: RunControl): Promise<Outcome> {
    await this.#world.start();
    const began = monotonicMicros();
    const watch = setInterval(() => this.#watch(), WATCH_INTERVAL_MS);
    const progress = setInterval(() => onProgress?.(this.#clients.count), PROGRESS_INTERVAL_MS);
    const stopClients = () => this.#clients.stop();
    const end = setTimeout(stopClients, seconds_max * 1_000);
    signal?.addEventListener('abort', stopClients);
    try {
      await Promise.race([this.#work(), this.#failed.promise]);
    } catch (error) {
      if (!this.#violation) throw error;
    } finally {
      this.#isOver = true;
      clearInterval(watch);
      clearInterval(progress);
      clearTimeout(end);
      signal?.removeEventListener('abort', stopClients);
      this.#figures.seconds = (monotonicMicros() - began) / 1_000_000;
      this.#figures.operations = this.#clients.count;
    }
    const [settings, figures] = [this.#settings, this.#figures];
    return { violation: this.#violation, events: this.#recorder.all(), settings, figures };
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#clients.stop();
    this.#gate.open();
    await this.#world.stop();
  }

  async #work(): Promise<void> {
    const clients = this.#clients.run();
    let isDone = false;
    const done = clients.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    for (const disturbance of this.#plan.disturbances) {
      while (!isDone && !this.#isOver && this.#clients.count < disturbance.after) await delay(POLL_MS);
      if (isDone || this.#isOver) break;
      await this.#disturb(disturbance);
    }
    await done;
    await this.#comeToRest();
    await delay(LAST_WATERMARKS_MS);
  }

  async #disturb(disturbance: Disturbance): Promise<void> {
    switch (disturbance.type) {
      case 'rest':
        return this.#comeToRest();
      case 'clock': {
        const { node, offset_ms, tick_ms } = disturbance;
        return this.#world.setClock(node, { offset_ms, tick_ms });
      }
      case 'kill': {
        this.#figures.kills += 1;
        await this.#world.killNode(disturbance.node);
        if (this.#engine.is_volatile) this.#clients.slots.clear();
        return this.#world.startNode(disturbance.node);
      }
      case 'engine': {
        this.#figures.failures += 1;
        const { failures } = this.#engine;
        return failures[disturbance.way % failures.length]?.();
      }
    }
  }

  async #comeToRest(): Promise<void> {
    this.#gate.close();
    await this.#world.whenIdle();
    await this.#rest.run();
    this.#figures.rests += 1;
    this.#gate.open();
  }

  #observe(event: HistoryEvent): void {
    if (this.#violation) return;
    this.#recorder.add(event);
    this.#count(event);
    this.#violation = this.#checker.observe(event);
    if (this.#violation) this.#failed.reject(new Error(this.#violation.message));
  }

  #count(event: HistoryEvent): void {
    if (event.type === 'delivered' && event.reason !== null) this.#figures.ends += 1;
    if (event.type !== 'answered') return;
    const { kind } = event.operation;
    const { result } = event;
    this.#figures.kinds.set(kind, (this.#figures.kinds.get(kind) ?? 0) + 1);
    if (result.is === 'unknown') this.#figures.unknown += 1;
    if (result.is === 'ended' || ('session' in result && result.session.close_reason !== null)) this.#figures.ends += 1;
  }

  #watch(): void {
    try {
      this.#world.assertResponsive();
    } catch (error) {
      this.#failed.reject(error);
    }
  }
}
