import type { Worker } from 'node:cluster';
import type { Family } from '../observability/metrics/families.ts';
import type { MetricsPeers } from '../observability/metrics/service-metrics.ts';

/** How long a worker waits for the metrics of the others. They may wait a second for the check of their store. */
const TIMEOUT_MS = 2_000;

/**
 * Messages between workers about metrics. They all go through the primary, which keeps no state: a worker sends
 * `wanted`, gets `expected`, and then one `part` from each of the others.
 */
type Message =
  | { readonly metrics: 'wanted'; readonly number: number }
  | { readonly metrics: 'expected'; readonly number: number; readonly count: number }
  | { readonly metrics: 'asked'; readonly number: number; readonly by: number }
  | {
      readonly metrics: 'part';
      readonly number: number;
      readonly by: number;
      readonly families: readonly Family[] | null;
    };

function isOurs(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'metrics' in message;
}

/** In the primary: passes a message of a worker on. `serving` are the workers that accept requests. */
export function passOn(message: unknown, from: Worker, serving: Iterable<Worker>): void {
  if (!isOurs(message)) return;
  const all = [...serving].filter((worker) => worker.isConnected());
  if (message.metrics === 'wanted') {
    const others = all.filter((worker) => worker !== from);
    send(from, { metrics: 'expected', number: message.number, count: others.length });
    for (const worker of others) send(worker, { metrics: 'asked', number: message.number, by: from.id });
  } else if (message.metrics === 'part') {
    const asking = all.find(({ id }) => id === message.by);
    if (asking) send(asking, message);
  }
}

function send(worker: Worker, message: Message): void {
  // The worker may end at this moment. The one that waits for it has a timeout.
  worker.send(message, () => {});
}

/** The channel of a worker to its primary: a part of `process`. */
export interface Channel {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  send?(message: unknown, handle: undefined, options: undefined, sent: (error: Error | null) => void): boolean;
}

interface Collection {
  readonly parts: (readonly Family[])[];
  readonly done: () => void;
  received: number;
  expected: number;
}

/** In a worker: exchanges metrics with the other workers. */
export class WorkerPeers implements MetricsPeers {
  readonly #channel: Channel;
  readonly #collections = new Map<number, Collection>();
  #families: (() => Promise<readonly Family[]>) | null = null;
  #number = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.on('message', (message) => {
      if (isOurs(message)) void this.#receive(message);
    });
  }

  serve(families: () => Promise<readonly Family[]>): void {
    this.#families = families;
  }

  async collect(): Promise<readonly (readonly Family[])[]> {
    this.#number += 1;
    const number = this.#number;
    const { promise, resolve: done } = Promise.withResolvers<void>();
    const collection: Collection = { parts: [], done, received: 0, expected: Number.POSITIVE_INFINITY };
    this.#collections.set(number, collection);
    const timer = setTimeout(done, TIMEOUT_MS);
    this.#send({ metrics: 'wanted', number });
    await promise;
    clearTimeout(timer);
    this.#collections.delete(number);
    return collection.parts;
  }

  async #receive(message: Message): Promise<void> {
    if (message.metrics === 'asked') {
      const families = await (this.#families?.() ?? Promise.resolve(null)).catch(() => null);
      this.#send({ ...message, metrics: 'part', families });
      return;
    }
    const collection = this.#collections.get(message.number);
    if (!collection) return;
    if (message.metrics === 'expected') collection.expected = message.count;
    if (message.metrics === 'part') {
      collection.received += 1;
      if (message.families) collection.parts.push(message.families);
    }
    if (collection.received >= collection.expected) collection.done();
  }

  #send(message: Message): void {
    this.#channel.send?.(message, undefined, undefined, () => {});
  }
}
