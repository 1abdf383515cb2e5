import type { Worker } from 'node:cluster';
import type { Collected, Peers } from '../observability/peers.ts';

/** How long a worker waits for the values of the others. They may wait a second for the check of their store. */
const TIMEOUT_MS = 2_000;

/** The kinds of values that workers exchange. */
type Topic = 'metrics' | 'keys';

/**
 * Messages between workers about a topic. They all go through the primary, which keeps no state: a worker sends
 * `wanted`, gets `expected`, and then one `part` from each of the others.
 */
type Message = { readonly topic: Topic; readonly number: number } & (
  | { readonly type: 'wanted' }
  | { readonly type: 'expected'; readonly count: number }
  | { readonly type: 'asked'; readonly by: number }
  /** Without a value if the worker failed. */
  | { readonly type: 'part'; readonly by: number; readonly value?: unknown }
);

function isOurs(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'topic' in message;
}

/** In the primary: passes a message of a worker on. `serving` are the workers that accept requests. */
export function passOn(message: unknown, from: Worker, serving: Iterable<Worker>): void {
  if (!isOurs(message)) return;
  const { topic, number } = message;
  const all = [...serving].filter((worker) => worker.isConnected());
  if (message.type === 'wanted') {
    const others = all.filter((worker) => worker !== from);
    send(from, { type: 'expected', topic, number, count: others.length });
    for (const worker of others) send(worker, { type: 'asked', topic, number, by: from.id });
  } else if (message.type === 'part') {
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

interface Collection<T> {
  readonly parts: T[];
  readonly done: () => void;
  received: number;
  expected: number;
}

/** In a worker: exchanges the values of one topic with the other workers. */
export class WorkerPeers<T> implements Peers<T> {
  readonly #channel: Channel;
  readonly #topic: Topic;
  readonly #collections = new Map<number, Collection<T>>();
  #value: (() => T | Promise<T>) | null = null;
  #number = 0;

  constructor(channel: Channel, topic: Topic) {
    this.#channel = channel;
    this.#topic = topic;
    channel.on('message', (message) => {
      if (isOurs(message) && message.topic === topic) void this.#receive(message);
    });
  }

  serve(value: () => T | Promise<T>): void {
    this.#value = value;
  }

  async collect(): Promise<Collected<T>> {
    this.#number += 1;
    const number = this.#number;
    const { promise, resolve: done } = Promise.withResolvers<void>();
    const collection: Collection<T> = { parts: [], done, received: 0, expected: Number.POSITIVE_INFINITY };
    this.#collections.set(number, collection);
    const timer = setTimeout(done, TIMEOUT_MS);
    this.#send({ type: 'wanted', topic: this.#topic, number });
    await promise;
    clearTimeout(timer);
    this.#collections.delete(number);
    return { parts: collection.parts, isComplete: collection.parts.length === collection.expected };
  }

  async #receive(message: Message): Promise<void> {
    const { topic, number } = message;
    if (message.type === 'asked') {
      const part = { type: 'part', topic, number, by: message.by } as const;
      this.#send({ ...part, ...(await this.#ownValue()) });
      return;
    }
    const collection = this.#collections.get(number);
    if (!collection) return;
    if (message.type === 'expected') collection.expected = message.count;
    if (message.type === 'part') {
      collection.received += 1;
      if ('value' in message) collection.parts.push(message.value as T);
    }
    if (collection.received >= collection.expected) collection.done();
  }

  /** Returns no value if this worker does not serve yet, or fails. */
  async #ownValue(): Promise<{ readonly value?: T }> {
    if (this.#value === null) return {};
    try {
      return { value: await this.#value() };
    } catch {
      return {};
    }
  }

  #send(message: Message): void {
    this.#channel.send?.(message, undefined, undefined, () => {});
  }
}
