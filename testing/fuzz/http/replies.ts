/** A response that was read from a connection. */
export interface Reply {
  readonly status: number;
  /** Names are in lower case. The last of several headers with one name counts. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly end: number;
}

const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})(?: |$)/;
const STREAM = 'text/event-stream';

/** Reads responses from the bytes of a connection. Throws if they are not HTTP. */
export class ReplyReader {
  #bytes: Buffer = Buffer.alloc(0);
  #hasBody = true;

  /** Whether no byte has arrived since the last response. */
  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** Sets the method of the next response's request. A response to HEAD has no body, whatever its headers say. */
  expect(method: string): void {
    this.#hasBody = method !== 'HEAD';
  }

  /** Returns the response when it is complete, else null. An event stream counts as complete after its header. */
  push(piece: Buffer): Reply | null {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    for (;;) {
      const head = headOf(this.#bytes);
      if (head === null) return null;
      if (head.status >= 200) return this.#take(head);
      this.#bytes = this.#bytes.subarray(head.end);
    }
  }

  #take({ status, headers, end }: Head): Reply | null {
    if (!this.#hasBody || status === 204 || status === 304 || headers.get('content-type')?.startsWith(STREAM)) {
      return this.#reply(status, headers, '', end);
    }
    const length = headers.get('content-length');
    if (length !== undefined) {
      const whole = end + Number(length);
      if (this.#bytes.length < whole) return null;
      return this.#reply(status, headers, this.#bytes.toString('utf8', end, whole), whole);
    }
    const chunks = chunksFrom(this.#bytes, end);
    return chunks && this.#reply(status, headers, chunks.text, chunks.end);
  }

  #reply(status: number, headers: Head['headers'], body: string, end: number): Reply {
    this.#bytes = this.#bytes.subarray(end);
    return { status, headers, body };
  }
}

function headOf(bytes: Buffer): Head | null {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return null;
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = STATUS_LINE.exec(line)?.[1];
  if (status === undefined) throw new Error(`a response begins with ${JSON.stringify(line.slice(0, 200))}`);
  const headers = lines.map((header): [string, string] => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
  });
  return { status: Number(status), headers: new Map(headers), end: end + HEAD_END.length };
}

/** The text of a chunked body; null before its last chunk. */
function chunksFrom(bytes: Buffer, start: number): { readonly text: string; readonly end: number } | null {
  const pieces: Buffer[] = [];
  for (let at = start; ; ) {
    const line_end = bytes.indexOf('\r\n', at);
    if (line_end === -1) return null;
    const length = Number.parseInt(bytes.toString('latin1', at, line_end), 16);
    const begin = line_end + 2;
    if (bytes.length < begin + length + 2) return null;
    if (length === 0) return { text: Buffer.concat(pieces).toString(), end: begin + 2 };
    pieces.push(bytes.subarray(begin, begin + length));
    at = begin + length + 2;
  }
}
