import type fc from 'fast-check';
import { HttpConnection } from '../http/connection.ts';
import type { Reply } from '../http/replies.ts';
import { assertReply, endsSession } from '../http/reply-checks.ts';
import { type Filling, type FuzzRequest, toBytes } from '../inputs/requests.ts';
import type { EngineKind } from '../service/engines.ts';
import { Served } from '../service/served.ts';
import { checkOf, type Figures, type OpenTarget, type Target } from '../target.ts';

/** The store is emptied regularly, so that store and pages stay small. */
const EMPTIED_AFTER_RUNS = 2_000;

/** Requests that may have ended the sessions for the requests. */
const ENDING = /DELETE|close|delete|rotate|validate|%/;

/** A target that sends requests to a service, one after the other. */
export function requestTarget(
  name: string,
  engine: EngineKind,
  share: number,
  requests: fc.Arbitrary<FuzzRequest>,
): Target {
  return { name: `${name} ${engine.name}`, share, missing: engine.missing, open: () => openOn(engine, requests) };
}

async function openOn(engine: EngineKind, requests: fc.Arbitrary<FuzzRequest>): Promise<OpenTarget> {
  const { url, remove } = await engine.start();
  const served = await Served.start(url);
  const sender = new RequestSender(served);
  return {
    check: checkOf(requests, (request) => sender.send(request)),
    heapBytes: async () => {
      await served.empty();
      return served.heapBytes();
    },
    figures: () => figuresOf(served, sender.statuses),
    close: async () => {
      sender.close();
      await served.stop();
      await remove();
    },
  };
}

export async function figuresOf(served: Served, statuses: Figures['statuses']): Promise<Figures> {
  const { counters } = served;
  const log_kinds = await served.logKinds();
  return { statuses, info_lines: counters.get('info_lines'), warn_lines: counters.get('warn_lines'), log_kinds };
}

class RequestSender {
  readonly statuses: Record<string, number> = {};
  readonly #served: Served;
  readonly #connection: HttpConnection;
  #sent = 0;

  constructor(served: Served) {
    this.#served = served;
    this.#connection = new HttpConnection(() => served.port);
  }

  /** Rejects if the service crashes, fails, or stores something for a request that it rejects. */
  async send(request: FuzzRequest): Promise<void> {
    await this.#prepare();
    const { aims, keys, counters } = this.#served;
    const filling: Filling = { ...aims, validate_key: keys.validate, write_key: keys.write, admin_key: keys.admin };
    const changes = counters.get('changes');
    const reply = await this.#exchange(toBytes(request, filling), request.method);
    const kind = `${Math.floor(reply.status / 100)}xx`;
    this.statuses[kind] = (this.statuses[kind] ?? 0) + 1;
    const hasStored = counters.get('changes') !== changes;
    assertReply(request, reply);
    if (reply.status >= 400 && hasStored && !endsSession(reply)) {
      throw new Error(`a rejected request changed the store: ${reply.status} ${reply.body}`);
    }
    if (hasStored && ENDING.test(`${request.method} ${request.path}`)) await this.#served.renew();
  }

  close(): void {
    this.#connection.close();
  }

  async #prepare(): Promise<void> {
    await this.#served.ready();
    this.#sent += 1;
    if (this.#sent % EMPTIED_AFTER_RUNS === 0) await this.#served.empty();
  }

  async #exchange(bytes: Buffer, method: string): Promise<Reply> {
    try {
      return await this.#connection.exchange(bytes, method);
    } catch (error) {
      throw this.#served.crash ?? error;
    }
  }
}
