import { setImmediate } from 'node:timers/promises';
import { createSessionsClient, type SessionsClient, SessionsProblemError } from '@pip-sessions/client';
import type { Records, SessionRecord } from './records.ts';

const TIMEOUT_MS = 10_000;
/** How long a node may answer a validation from its memory after the end of a session. */
const BOUND_MS = 3_000;
const CLOSED_ONE_IN = 2;

/** Callers that open, store, validate and close through the nodes, and note what they were answered. */
export class Callers {
  readonly #records: Records;
  readonly #nodes: readonly SessionsClient[];
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(urls: readonly string[], records: Records) {
    this.#nodes = urls.map((url) => createSessionsClient({ url, retries: 0, timeout_ms: TIMEOUT_MS }));
    this.#records = records;
  }

  start(count: number): void {
    const callers = Array.from({ length: count }, (_, caller) => this.#call(caller));
    this.#running = Promise.all([...callers, this.#watchClosed()]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Reads everything back, through every node. */
  async verify(): Promise<void> {
    const { sessions, violations } = this.#records;
    for (const [number, node] of this.#nodes.entries()) {
      for (let first = 0; first < sessions.length; first += 64) {
        await Promise.all(
          sessions.slice(first, first + 64).map(async (record) => {
            const session = await node.get(record.id);
            const problem = difference(record, session);
            if (problem) violations.push(`node ${number}: ${problem}`);
          }),
        );
      }
    }
  }

  async #call(caller: number): Promise<void> {
    for (let count = 0; !this.#stopped; count += 1) {
      const [here, there] = [caller, caller + 1].map((n) => this.#nodes[n % this.#nodes.length]);
      if (!here || !there) return;
      const opened = await this.#answer(here.open({ user_id: `user-${caller}-${count}` }));
      if (!opened) continue;
      const { session, token } = opened;
      const state = { data: null, perhaps: new Set<number>(), closed_at: null, isPerhapsClosed: false };
      const record: SessionRecord = { id: session.id, token, ...state };
      this.#records.sessions.push(record);
      const seen = await this.#answer(there.read(token));
      if (seen === null) this.#records.violations.push('an answered open is not known at another node');
      record.perhaps.add(count);
      if (await this.#answer(here.replaceData(record.id, count))) {
        record.data = count;
        record.perhaps.clear();
      }
      if (count % CLOSED_ONE_IN === 0) await this.#close(record, here, there);
    }
  }

  async #close(record: SessionRecord, here: SessionsClient, there: SessionsClient): Promise<void> {
    record.isPerhapsClosed = true;
    if (!(await this.#answer(here.close(record.id)))) return;
    record.closed_at = performance.now();
    const session = await this.#answer(there.get(record.id));
    if (session?.active) this.#records.violations.push('a closed session was read as live at another node');
  }

  /** Again and again one that was closed, by any node and in both ways. */
  async #watchClosed(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      const closed = this.#records.sessions.filter(({ closed_at }) => closed_at !== null).slice(-200);
      const record = closed[turn % Math.max(1, closed.length)];
      const node = this.#nodes[turn % this.#nodes.length];
      await setImmediate();
      if (!record || !node) continue;
      const asked = performance.now();
      const [session, valid] = await Promise.all([
        this.#answer(node.get(record.id)),
        this.#answer(node.read(record.token)),
      ]);
      if (session?.active) this.#records.violations.push('a closed session was read as live');
      const isLate = asked - (record.closed_at ?? asked) > BOUND_MS;
      if (valid && isLate) this.#records.violations.push('the token of a closed session was good beyond the bound');
    }
  }

  /** Undefined for a failure, which is noted. */
  async #answer<T>(call: Promise<T>): Promise<T | undefined> {
    const asked = performance.now();
    try {
      const answer = await call;
      this.#records.answered += 1;
      return answer;
    } catch (error) {
      const at = performance.now();
      const status =
        error instanceof SessionsProblemError ? error.response_status : (error as Error).message.slice(0, 60);
      this.#records.failures.push({ status, at, took_ms: at - asked });
      await setImmediate();
      return undefined;
    }
  }
}

function difference(
  { data, perhaps, closed_at, isPerhapsClosed }: SessionRecord,
  session: { readonly active: boolean; readonly data: unknown } | null,
): string | null {
  if (!session) return 'an answered open is lost';
  if (closed_at !== null && session.active) return 'an answered close is lost';
  if (closed_at === null && !isPerhapsClosed && !session.active) return 'a session has ended that nobody closed';
  if (!session.active || session.data === data || perhaps.has(session.data as number)) return null;
  return `an answered write is lost: data should be ${data}, and is ${JSON.stringify(session.data)}`;
}
