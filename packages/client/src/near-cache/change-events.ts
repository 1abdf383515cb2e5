import { EventParser, type StreamEvent } from './event-parser.ts';

/** What is told of a session. */
export interface ToldChange {
  /** The session has it, or a later one; infinite for a session that is not there any more. */
  readonly revision: number;
  /** It has ended, and nothing revives it. */
  readonly hasEnded: boolean;
}

/** What a client does with what it hears. */
export interface ChangeListener {
  readonly changed: (id: string, change: ToldChange) => void;
  /** Changes may have been missed. */
  readonly gap: () => void;
}

/** After the last moment up to which everything was told, so long is what is known served. */
const FRESH_MS = 3_000;

/**
 * The events of one connection.
 *
 * How fresh it is comes from the service's clock, not from when something arrived: a heartbeat names the moment up to
 * which everything has been told, and the first event the moment when the service took the request. That moment was
 * not before the request was sent, so a heartbeat's moment is never taken for later than it was: neither a slow
 * network nor a proxy that delays everything makes old news look new.
 */
export class ChangeEvents {
  readonly #listener: ChangeListener;
  readonly #asked: number;
  readonly #decoder = new TextDecoder();
  readonly #parser = new EventParser();
  /** From the service's clock to this one; null before the first event. */
  #offset: number | null = null;

  constructor(listener: ChangeListener, asked: number) {
    this.#listener = listener;
    this.#asked = asked;
  }

  /** Each event, with the moment until which what is known is fresh where it says so. Throws for what is none. */
  *take(chunk: Uint8Array) {
    for (const event of this.#parser.push(this.#decoder.decode(chunk, { stream: true }))) {
      yield { event, fresh_until: this.#take(event) };
    }
  }

  #take({ type, data }: StreamEvent): number | null {
    const members = JSON.parse(data) as Readonly<Record<string, unknown>>;
    switch (type) {
      case 'hello':
        this.#offset = this.#asked - timeOf(members);
        return null;
      case 'heartbeat':
        if (this.#offset === null) throw new TypeError('a heartbeat came before hello');
        return timeOf(members) + this.#offset + FRESH_MS;
      case 'change':
        if (typeof members.id !== 'string') throw new TypeError('a change has no id');
        this.#listener.changed(members.id, toldChange(members));
        return null;
      case 'gap':
        this.#listener.gap();
        return null;
      default:
        // A newer service may tell more.
        return null;
    }
  }
}

/** A session that was deleted may be opened again by its idempotency key: that it has ended says nothing for ever. */
function toldChange({ revision, close_reason }: Readonly<Record<string, unknown>>): ToldChange {
  if (typeof revision !== 'number') return { revision: Number.POSITIVE_INFINITY, hasEnded: false };
  return { revision, hasEnded: typeof close_reason === 'string' };
}

function timeOf({ time }: Readonly<Record<string, unknown>>): number {
  if (typeof time !== 'number') throw new TypeError('an event has no time');
  return time;
}
