import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { CERTIFICATE } from './proxy-kinds.ts';

const CALLERS = 10;
/** Each caller sends a request and then waits: together about 200 requests a second. */
const PAUSE_MS = 45;
const VALIDATIONS = 8;
const RESPONSE_MS_MAX = 10_000;

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** The responses that callers got through a proxy. */
export interface LoadResult {
  readonly requests: number;
  /** Responses other than the expected ones, and broken connections. */
  readonly failures: readonly string[];
  readonly latency_ms_max: number;
}

/**
 * Callers that open a session, validate its token, and close it, again and again until `stop`. They repeat no request and
 * keep their connections. The correlation id of their requests is `name`.
 */
export class Load {
  readonly #url: string;
  readonly #name: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLERS, ca: CERTIFICATE });
  readonly #failures: string[] = [];
  readonly #callers: readonly Promise<void>[];
  #requests = 0;
  #latency_ms_max = 0;
  #isStopping = false;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
    this.#callers = Array.from({ length: CALLERS }, () => this.#call());
  }

  async stop(): Promise<LoadResult> {
    this.#isStopping = true;
    await Promise.all(this.#callers);
    this.#agent.destroy();
    return { requests: this.#requests, failures: this.#failures, latency_ms_max: Math.round(this.#latency_ms_max) };
  }

  async #call(): Promise<void> {
    while (!this.#isStopping) {
      const opened = await this.#send('/v2/sessions', { user_id: this.#name }, 201);
      if (opened === null) continue;
      const { token, session } = JSON.parse(opened);
      for (let n = 0; n < VALIDATIONS && !this.#isStopping; n += 1) {
        const validated = await this.#send('/v2/sessions/validate', { token }, 200);
        if (validated?.includes('"active":true') === false) this.#failures.push(`a live session: ${validated}`);
      }
      await this.#send(`/v2/sessions/${session.id}/close`, {}, 200);
    }
  }

  /** The body of the expected response; null after a failure. */
  async #send(path: string, body: object, status: number): Promise<string | null> {
    await delay(PAUSE_MS);
    const start = performance.now();
    this.#requests += 1;
    const reply = await this.#post(path, JSON.stringify(body)).catch((error: unknown) => String(error));
    this.#latency_ms_max = Math.max(this.#latency_ms_max, performance.now() - start);
    if (typeof reply === 'object' && reply.status === status) return reply.text;
    this.#failures.push(`${path}: ${typeof reply === 'string' ? reply : `${reply.status} ${reply.text}`}`);
    return null;
  }

  #post(path: string, body: string): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const headers = { 'content-type': 'application/json', correlation_id: this.#name };
    const sent = request(this.#url + path, {
      method: 'POST',
      agent: this.#agent,
      headers,
      signal: AbortSignal.timeout(RESPONSE_MS_MAX),
    });
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    sent.end(body);
    return promise;
  }
}
