import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** Results of the valid callers. */
export interface Figures {
  readonly answers: number;
  readonly errors: number;
  /** The first error. */
  readonly error: string | null;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p999_ms: number;
  readonly max_ms: number;
}

const CONNECTIONS_MAX = 16;
const TIMEOUT_MS = 10_000;
const REQUESTS_PER_SECOND = 200;

/**
 * Valid callers at 127.0.0.1: an open loop of gets, validations and opens. A latency counts from the moment when the request
 * was due. So waiting callers do not hide a service that stands still.
 */
export class Callers {
  readonly #url: URL;
  readonly #key: string;
  readonly #agent: HttpAgent;
  readonly #latencies: number[] = [];
  #errors = 0;
  #error: string | null = null;

  constructor(url: string, key: string) {
    this.#url = new URL(url);
    this.#key = key;
    const options = { keepAlive: true, maxSockets: CONNECTIONS_MAX, localAddress: '127.0.0.1' };
    this.#agent = this.#isTls ? new HttpsAgent({ ...options, rejectUnauthorized: false }) : new HttpAgent(options);
  }

  get #isTls(): boolean {
    return this.#url.protocol === 'https:';
  }

  async call(seconds: number): Promise<Figures> {
    const { session, token } = JSON.parse(await this.#send('POST', '/v2/sessions', { user_id: 'caller' }));
    const calls = [
      () => this.#send('GET', `/v2/sessions/${session.id}`),
      () => this.#send('POST', '/v2/sessions/validate', { token }),
      () => this.#send('POST', '/v2/sessions', { user_id: 'other' }),
    ];
    const start = performance.now();
    const running = new Set<Promise<void>>();
    for (let count = 0; count < seconds * REQUESTS_PER_SECOND; count += 1) {
      const due = start + (count * 1_000) / REQUESTS_PER_SECOND;
      while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1));
      const call = calls[count % 10 === 0 ? 2 : count % 2];
      const run = this.#measure(due, call ?? calls[0]).finally(() => running.delete(run));
      running.add(run);
    }
    await Promise.all(running);
    this.#agent.destroy();
    return this.#figures();
  }

  async #measure(due: number, call: (() => Promise<string>) | undefined): Promise<void> {
    try {
      await call?.();
    } catch (error) {
      this.#errors += 1;
      this.#error ??= (error as Error).message;
    }
    this.#latencies.push(performance.now() - due);
  }

  #send(method: string, path: string, body?: object): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const send = this.#isTls ? httpsRequest : httpRequest;
    const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' };
    const options = { method, headers, agent: this.#agent, timeout: TIMEOUT_MS };
    const request = send(new URL(path, this.#url), options, (response) => {
      const { statusCode = 0 } = response;
      text(response).then((content) => {
        if (statusCode < 300) resolve(content);
        else reject(new Error(`${method} ${path} got the status ${statusCode}: ${content.slice(0, 200)}`));
      }, reject);
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`no response within ${TIMEOUT_MS} ms`)));
    request.end(body && JSON.stringify(body));
    return promise;
  }

  #figures(): Figures {
    const sorted = this.#latencies.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return {
      answers: sorted.length - this.#errors,
      errors: this.#errors,
      error: this.#error,
      p50_ms: at(0.5),
      p99_ms: at(0.99),
      p999_ms: at(0.999),
      max_ms: sorted.at(-1) ?? 0,
    };
  }
}
