import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { CERTIFICATE } from './proxy-kinds.ts';

const EVENT_MS_MAX = 10_000;

/** The change stream, opened through a proxy. */
export class FollowedChanges {
  readonly #response: IncomingMessage;
  #text = '';

  /** Resolves when the first event, `hello`, has arrived. */
  static async open(url: string): Promise<FollowedChanges> {
    const sent = request(`${url}/v2/changes`, { agent: false, ca: CERTIFICATE });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`GET /v2/changes: ${response.statusCode}`);
    const changes = new FollowedChanges(response);
    await changes.until(/event: hello/);
    return changes;
  }

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (piece: string) => {
      this.#text += piece;
    });
    response.on('error', () => {});
  }

  /** Resolves when a matching text has arrived. */
  async until(text: RegExp): Promise<void> {
    const signal = AbortSignal.timeout(EVENT_MS_MAX);
    while (!text.test(this.#text)) await once(this.#response, 'data', { signal });
  }

  close(): void {
    this.#response.destroy();
  }
}
