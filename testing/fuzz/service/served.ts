import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SCOPES, type Scope } from '@pip-sessions/contract/scopes';
import { newApiKey, parseApiKey } from '../../../packages/service/src/http/authentication/api-keys.ts';
import { Counters } from './counters.ts';
import type { Aims, Request, Responses, ThreadData } from './messages.ts';

/** A slower response of the thread is a fault. To empty a store takes a few seconds at most. */
const RESPONSE_MS_MAX = 60_000;

/** The service under test, in a thread. It restarts after a crash. */
export class Served {
  readonly counters = new Counters();
  readonly keys: Readonly<Record<Scope, string>>;
  readonly #store: string;
  readonly #configured: ThreadData['keys'];
  #worker: Worker | null = null;
  #crash: Error | null = null;
  #url = '';
  #aims: Aims | null = null;

  static async start(store: string): Promise<Served> {
    const served = new Served(store);
    await served.#start();
    return served;
  }

  private constructor(store: string) {
    this.#store = store;
    const made = SCOPES.map((scope) => newApiKey(scope, scope));
    this.#configured = made.map(({ configured }) => parseApiKey(configured));
    const [validate = '', write = '', admin = ''] = made.map(({ key }) => key);
    this.keys = { validate, write, admin };
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  /** The error that crashed the service, or null. `ready` starts the service again. */
  get crash(): Error | null {
    return this.#crash;
  }

  /** Sessions for the requests. `renew` replaces them. */
  get aims(): Aims {
    if (this.#aims === null) throw new Error('the service is not started');
    return this.#aims;
  }

  /** Opens new sessions for the requests. */
  async renew(): Promise<void> {
    this.#aims = await this.#ask('open');
  }

  /** Deletes all sessions and opens new ones for the requests. */
  async empty(): Promise<void> {
    await this.#ask('empty');
    await this.renew();
  }

  async heapBytes(): Promise<number> {
    return (await this.#ask('heap')).bytes;
  }

  logKinds(): Promise<Responses['log']> {
    return this.#ask('log');
  }

  /** Starts the service again if it has crashed. */
  async ready(): Promise<void> {
    if (this.#worker === null) await this.#start();
  }

  async stop(): Promise<void> {
    if (this.#worker === null) return;
    await this.#ask('stop');
    await this.#worker.terminate();
  }

  async #start(): Promise<void> {
    this.#crash = null;
    const workerData: ThreadData = { store: this.#store, keys: this.#configured, counters: this.counters.memory };
    const worker = new Worker(new URL('./service-thread.ts', import.meta.url), { workerData });
    worker.on('error', (error) => {
      this.#crash = error instanceof Error ? error : new Error(String(error));
      this.#worker = null;
    });
    this.#worker = worker;
    this.#url = (await this.#ask('start')).url;
    await this.renew();
  }

  /** Sends one request at a time, so that the next message is its response. */
  async #ask<R extends Request>(request: R): Promise<Responses[R]> {
    if (this.#worker === null) throw this.#crash ?? new Error('the service is not started');
    const response = once(this.#worker, 'message', { signal: AbortSignal.timeout(RESPONSE_MS_MAX) });
    this.#worker.postMessage(request);
    const [message] = await response;
    return message;
  }
}
