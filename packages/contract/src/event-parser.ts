/** An event of a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface StreamEvent {
  /** The name of the event; `message` if it has none. */
  readonly type: string;
  /** The text of the event, without the names of its lines. */
  readonly data: string;
  /** The id of the event; null if it has none. */
  readonly id: string | null;
}

/** The maximum number of characters in the lines of one event. No event of this service is longer. */
const EVENT_LENGTH_MAX = 65_536;

/** Parses a stream of events, the same for every division into chunks. Throws for an event that is too long. */
export class EventParser {
  #rest = '';
  #type = '';
  #data: string | null = null;
  #id: string | null = null;
  /** The number of characters in the lines of the event so far. */
  #length = 0;

  /** Parses the next part of the stream. Returns the events that are complete. */
  *push(text: string): Generator<StreamEvent> {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#length += line.length;
      this.#assertLength(this.#length);
      const event = this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (event) yield event;
    }
    this.#assertLength(this.#length + this.#rest.length);
  }

  #assertLength(length: number): void {
    if (length > EVENT_LENGTH_MAX) throw new TypeError(`an event is longer than ${EVENT_LENGTH_MAX} characters`);
  }

  #line(line: string): StreamEvent | null {
    if (line === '') return this.#end();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') this.#type = value;
    else if (name === 'id') this.#id = value;
    else if (name === 'data') this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    return null;
  }

  #end(): StreamEvent | null {
    const event = this.#data === null ? null : { type: this.#type || 'message', data: this.#data, id: this.#id };
    this.#type = '';
    this.#data = null;
    this.#id = null;
    this.#length = 0;
    return event;
  }
}
