import { deliver } from '../http/connection.ts';
import { KEY, type RawConnection, rawConnections, toPieces } from '../inputs/raw-bytes.ts';
import { MEMORY } from '../service/engines.ts';
import { Served } from '../service/served.ts';
import { checkOf, type OpenTarget, type Target } from '../target.ts';
import { figuresOf } from './requests.ts';

const EMPTIED_AFTER_RUNS = 2_000;
const STATUS = /HTTP\/1\.1 ((\d)\d\d) [^\r]*\r\n/g;

/** Writes arbitrary bytes on a new connection each, and ends or resets the connection. */
export const RAW_BYTES: Target = { name: 'raw-bytes memory', share: 200, missing: null, open };

async function open(): Promise<OpenTarget> {
  const { url } = await MEMORY.start();
  const served = await Served.start(url);
  const sender = new ByteSender(served);
  return {
    check: checkOf(rawConnections, (connection) => sender.send(connection)),
    heapBytes: async () => {
      await served.empty();
      return served.heapBytes();
    },
    figures: () => figuresOf(served, sender.statuses),
    close: () => served.stop(),
  };
}

class ByteSender {
  readonly statuses: Record<string, number> = {};
  readonly #served: Served;
  #sent = 0;
  /** Whether the previous connection had a key. Its request may still be stored after the connection was reset. */
  #hadKey = true;

  constructor(served: Served) {
    this.#served = served;
  }

  /** Rejects if the service crashes, fails, keeps the connection, or stores something for a caller without a key. */
  async send(connection: RawConnection): Promise<void> {
    await this.#prepare();
    const { counters, keys, port } = this.#served;
    const changes = counters.get('changes');
    const received = await this.#deliver(port, connection, keys.write);
    for (const [line, status, digit] of received.matchAll(STATUS)) {
      this.statuses[`${digit}xx`] = (this.statuses[`${digit}xx`] ?? 0) + 1;
      if (Number(status) >= 500) throw new Error(`the service responded ${line}${received.slice(0, 2_000)}`);
    }
    const hasKey = connection.requests.join('').includes(KEY);
    const mayStore = hasKey || this.#hadKey;
    this.#hadKey = hasKey;
    if (!mayStore && counters.get('changes') !== changes)
      throw new Error('the service stored a change of a caller without a key');
  }

  async #prepare(): Promise<void> {
    await this.#served.ready();
    this.#sent += 1;
    if (this.#sent % EMPTIED_AFTER_RUNS !== 0) return;
    await this.#served.empty();
    this.#hadKey = true;
  }

  async #deliver(port: number, connection: RawConnection, key: string): Promise<string> {
    try {
      const received = await deliver(port, { pieces: toPieces(connection, key), ending: connection.ending });
      if (this.#served.crash) throw this.#served.crash;
      return received.toString('latin1');
    } catch (error) {
      throw this.#served.crash ?? error;
    }
  }
}
