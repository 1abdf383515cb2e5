import { setTimeout as delay } from 'node:timers/promises';
import { type Answered, monotonicMicros, type Operation, type Seen } from '../history.ts';
import { type Intent, Intents } from '../plan/intents.ts';
import { clientRandom, type Plan } from '../plan/plan.ts';
import { operationOf } from './calls.ts';
import type { Gate } from './gate.ts';
import { type Slot, Slots } from './slots.ts';
import type { World } from './world.ts';

/** Pause after a call whose outcome is unknown. */
const BACKOFF_MS = 100;
/**
 * The maximum time that a client waits for a deadline, and the maximum number of clients that wait at the same time.
 */
const AIM_MS_MAX = 1_200;
const AIMING_MAX = 16;
const DUEL_MS = 4;
const DUEL_IDLE_MS_MIN = 60_000;
/** The maximum number of pages of a scan: during changes, a scan could go on for ever. */
const PAGES_MAX = 60;

/** Many clients that share their sessions. Each client has one call in progress at a time. */
export class Clients {
  readonly slots: Slots;
  readonly #plan: Plan;
  readonly #world: World;
  readonly #gate: Gate;
  #count = 0;
  #aiming = 0;
  #isStopped = false;

  constructor(plan: Plan, world: World, gate: Gate) {
    this.slots = new Slots(plan.users, plan.slots);
    this.#plan = plan;
    this.#world = world;
    this.#gate = gate;
  }

  get count(): number {
    return this.#count;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when all operations of the plan are done, or after `stop`. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#plan.clients }, (_, client) => this.#runOne(client)));
  }

  async #runOne(client: number): Promise<void> {
    const intents = new Intents(clientRandom(this.#plan, client), this.#plan);
    while (!this.#isStopped && this.#count < this.#plan.options.operations) {
      await this.#act(intents.next());
    }
  }

  async #act(intent: Intent): Promise<void> {
    const slot = this.slots.at(intent.user, intent.slot);
    await this.#aim(intent, slot);
    if (intent.kind === 'duel') return this.#duel(intent, slot);
    const answered = await this.#call(intent.node, slot, (call) => operationOf(intent, slot, this.slots, call));
    if (answered?.operation.kind === 'scan') await this.#followPages(answered, slot, intent.choice);
  }

  async #call(preferred: number, slot: Slot, make: (call: number) => Operation): Promise<Answered | null> {
    while (this.#gate.opened) await this.#gate.opened;
    const node = this.#world.serving(preferred);
    if (node === null) {
      await delay(BACKOFF_MS);
      return null;
    }
    this.#count += 1;
    const call = this.#world.nextCall();
    const answered = await this.#world.call(node, make(call), call);
    this.slots.note(answered, slot);
    if (answered.result.is === 'unknown') await delay(BACKOFF_MS);
    return answered;
  }

  /** Lets a cache read a changed session again while another node ends it. */
  async #duel({ node, variant }: Intent, slot: Slot): Promise<void> {
    const { held } = slot;
    const token = held?.tokens.at(-1);
    if (!held || token === undefined || held.idle_timeout_ms < DUEL_IDLE_MS_MIN) return;
    const { id } = held;
    const change = (call: number): Operation => {
      return { kind: 'replace', id, member: 'data', value: JSON.stringify({ k0: call }), revision: null };
    };
    const validate: Operation = { kind: 'validate', id, token, rotations: held.tokens.length - 1, age_ms_max: null };
    // Within the activity window of this touch the validation writes nothing: a write would show it the end.
    await this.#call(node, slot, () => ({ kind: 'touch', id }));
    await this.#call(node, slot, change);
    const reading = this.#call(node + 1, slot, () => validate);
    if (variant < 0.7) await delay(DUEL_MS * variant);
    await Promise.all([reading, this.#call(node, slot, () => ({ kind: 'close', id, reason: 'closed' }))]);
    this.slots.keepLong(held);
  }

  /** Follows the other pages, each on any node. */
  async #followPages(first: Answered, slot: Slot, choice: number): Promise<void> {
    const sessions: Seen[] = [];
    let page: Answered | null = first;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      if (page?.result.is !== 'page' || page.operation.kind !== 'scan') return;
      sessions.push(...page.result.sessions);
      const { next: after } = page.result;
      const { operation } = page;
      if (after === null) {
        const { start, node } = first;
        if (pages === 0) return;
        const time = monotonicMicros();
        return this.#world.note({ type: 'pages', start, time, node, filter: operation.filter, sessions });
      }
      if (this.#isStopped) return;
      page = await this.#call(Math.floor(choice * 64) + pages, slot, () => ({ ...operation, after }));
    }
  }

  /** Waits until the session of a slot is just before, at or after its deadline by the node's clock. */
  async #aim({ aim_ms, node }: Intent, { held }: Slot): Promise<void> {
    if (aim_ms === null || !held || this.#aiming >= AIMING_MAX) return;
    const { request_time, idle_timeout_ms, expire_time } = held;
    const deadline = Math.min(request_time + idle_timeout_ms, expire_time ?? Number.POSITIVE_INFINITY);
    const { offset_ms } = this.#world.clockOf(node % this.#world.node_count);
    const wait_ms = deadline + aim_ms - (Date.now() + offset_ms);
    if (wait_ms <= 0 || wait_ms > AIM_MS_MAX) return;
    this.#aiming += 1;
    await delay(wait_ms);
    this.#aiming -= 1;
  }
}
