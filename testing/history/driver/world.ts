import { type Answered, type HistoryEvent, monotonicMicros, type Operation } from '../history.ts';
import type { ClockSetting, NodeEvent, NodeSettings } from '../node/protocol.ts';
import type { Plan } from '../plan/plan.ts';
import type { Engine } from './engines.ts';
import { EventOrder } from './event-order.ts';
import { NodeProcess } from './node-process.ts';

interface UnderWay {
  readonly node: number;
  readonly operation: Operation;
  readonly sent: number;
  readonly resolve: (answered: Answered) => void;
}

/** The checker gets a new horizon after this number of events. */
const HORIZON_EVERY = 2_000;
/** A call that takes longer than this counts as hanging. */
const CALL_WITHIN_MS = 30_000;

/** The nodes of a run, their calls in progress, and the history that they make. */
export class World {
  readonly #plan: Plan;
  readonly #engine: Engine;
  readonly #order: EventOrder;
  readonly #observe: (event: HistoryEvent) => void;
  readonly #nodes: (NodeProcess | null)[];
  readonly #clocks: ClockSetting[];
  /** In the order of their start. */
  readonly #underWay = new Map<number, UnderWay>();
  #calls = 0;
  #released = 0;
  /** Resolves when the last call in progress has returned. */
  #idle: (() => void) | null = null;

  constructor(plan: Plan, engine: Engine, observe: (event: HistoryEvent) => void) {
    this.#plan = plan;
    this.#engine = engine;
    this.#observe = observe;
    this.#order = new EventOrder((event) => this.#release(event));
    this.#nodes = Array.from({ length: plan.nodes }, () => null);
    this.#clocks = Array.from({ length: plan.nodes }, () => ({ offset_ms: 0, tick_ms: 1 }));
  }

  get node_count(): number {
    return this.#nodes.length;
  }

  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  async start(): Promise<void> {
    // One after the other, because the first node creates the schema.
    for (const number of this.#nodes.keys()) await this.startNode(number);
  }

  async startNode(number: number): Promise<void> {
    const source = `node ${number}`;
    this.#order.join(source, monotonicMicros());
    this.#nodes[number] = await NodeProcess.start(this.#settingsOf(number), {
      events: (events, until) => this.#take(number, events, until),
      ended: () => this.#lose(number),
    });
  }

  async killNode(number: number): Promise<void> {
    const node = this.#nodes[number];
    this.#nodes[number] = null;
    await node?.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.keys().map((number) => this.killNode(number)));
    this.#order.flush(monotonicMicros());
  }

  /** A node that serves, this one if possible; null if none serves. */
  serving(number: number): number | null {
    const count = this.#nodes.length;
    for (let n = 0; n < count; n += 1) {
      const at = (number + n) % count;
      if (this.#nodes[at]?.isRunning) return at;
    }
    return null;
  }

  /** Sends one call and resolves to its result, which may be `unknown`. */
  call(node: number, operation: Operation, call = this.nextCall()): Promise<Answered> {
    const sent = monotonicMicros();
    const { promise, resolve } = Promise.withResolvers<Answered>();
    this.#underWay.set(call, { node, operation, sent, resolve });
    if (changesOthers(operation)) this.#order.push({ type: 'invoked', time: sent, call, node, operation });
    const serving = this.#nodes[node];
    if (serving?.isRunning) serving.call({ call, operation });
    else this.#abandon(call);
    return promise;
  }

  /** Adds an event of the driver itself to the history. */
  note(event: HistoryEvent): void {
    this.#order.push(event);
  }

  setClock(node: number, clock: ClockSetting): void {
    this.#clocks[node] = clock;
    this.note({ type: 'clock', time: monotonicMicros(), node, offset_ms: clock.offset_ms });
    this.#nodes[node]?.setClock(clock);
  }

  clockOf(node: number): ClockSetting {
    return this.#clocks[node] ?? { offset_ms: 0, tick_ms: 1 };
  }

  /** Stops all clocks when no call is in progress. */
  async rest(): Promise<void> {
    await this.whenIdle();
    await Promise.all(this.#nodes.map((node) => node?.rest()));
  }

  resume(): void {
    for (const [number, clock] of this.#clocks.entries()) this.#nodes[number]?.setClock(clock);
  }

  async whenIdle(): Promise<void> {
    if (this.#underWay.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Throws if a call has been in progress for too long. */
  assertResponsive(): void {
    for (const [call, { node, operation, sent }] of this.#underWay) {
      const waited_ms = (monotonicMicros() - sent) / 1_000;
      if (waited_ms < CALL_WITHIN_MS) return;
      throw new Error(`call ${call} (${operation.kind}) on node ${node} has not returned for ${waited_ms} ms`);
    }
  }

  #take(number: number, events: readonly NodeEvent[], until: number): void {
    for (const event of events) {
      if (event.type === 'answered') this.#answer(number, event);
      else this.#order.push(event);
    }
    this.#order.completed(`node ${number}`, until, monotonicMicros());
  }

  #answer(node: number, event: NodeEvent & { readonly type: 'answered' }): void {
    const call = this.#underWay.get(event.call);
    if (!call) return;
    const answered: Answered = { ...event, node, operation: call.operation };
    this.#order.push(answered);
    this.#settle(event.call, call, answered);
  }

  /** The node has ended: the outcome of its calls is unknown. */
  #lose(number: number): void {
    const source = `node ${number}`;
    this.#order.leave(source);
    const time = monotonicMicros();
    for (const listener of [source, `${source} /v2/changes`]) this.note({ type: 'silent', time, listener });
    for (const [call, { node }] of this.#underWay) if (node === number) this.#abandon(call);
    if (this.#engine.is_volatile) this.note({ type: 'emptied', time: monotonicMicros() });
  }

  #abandon(call: number): void {
    const found = this.#underWay.get(call);
    if (!found) return;
    const { node, operation, sent } = found;
    const time = monotonicMicros();
    const answered: Answered = {
      type: 'answered',
      start: sent,
      time,
      call,
      node,
      clock: 0,
      operation,
      result: { is: 'unknown' },
    };
    this.#order.push(answered);
    this.#settle(call, found, answered);
  }

  #settle(call: number, { resolve }: UnderWay, answered: Answered): void {
    this.#underWay.delete(call);
    resolve(answered);
    if (this.#underWay.size > 0) return;
    this.#idle?.();
    this.#idle = null;
  }

  #release(event: HistoryEvent): void {
    this.#observe(event);
    this.#released += 1;
    if (this.#released % HORIZON_EVERY !== 0) return;
    const [oldest] = this.#underWay.values();
    const start = Math.min(this.#order.earliest(event.time), oldest?.sent ?? event.time, event.time);
    this.#observe({ type: 'horizon', time: event.time, start });
  }

  #settingsOf(number: number): NodeSettings {
    const { limit, touch_interval_ms, rotation_grace_ms, retention_ms, page_size_max } = this.#plan;
    const settings = { limit, touch_interval_ms, rotation_grace_ms, retention_ms, page_size_max };
    return { number, store: this.#engine.url, ...settings, clock: this.clockOf(number) };
  }
}

/** Whether a call may end or open sessions before it returns, or without returning. */
function changesOthers({ kind }: Operation): boolean {
  return ['open', 'remove', 'close', 'rotate', 'amend', 'closeMatching'].includes(kind);
}
