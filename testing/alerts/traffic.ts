import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient, type SessionsClient } from '@pip-sessions/client';

/** Together about 40 requests a second. */
const CALLERS = 4;
const PAUSE_MS = 100;
const VALIDATIONS = 8;

/** Callers that open sessions, validate and rotate their tokens, and close them. Failed requests do not stop them. */
export class Traffic {
  readonly #callers: readonly Promise<void>[];
  #isStopping = false;

  constructor(urls: readonly string[], key?: string) {
    const clients = urls.map((url) => createSessionsClient({ url, retries: 0, ...(key !== undefined && { key }) }));
    this.#callers = Array.from({ length: CALLERS }, (_, index) => this.#call(clients[index % clients.length]));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#callers);
  }

  async #call(client: SessionsClient | undefined): Promise<void> {
    while (!this.#isStopping && client) await this.#session(client).catch(() => delay(PAUSE_MS));
  }

  async #session(client: SessionsClient): Promise<void> {
    const { session, token } = await client.open({ user_id: 'ann' });
    for (let count = 0; count < VALIDATIONS && !this.#isStopping; count += 1) {
      await delay(PAUSE_MS);
      await client.validate(token);
    }
    await client.rotate({ token });
    await client.close(session.id);
  }
}
