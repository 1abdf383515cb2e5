import type { ServerResponse } from 'node:http';

/** A response that needs no session: a document, a page, or a state of the service. */
export interface Content {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** One TLS record. A slow reader keeps one piece in memory: encrypted bytes are a copy. */
const PIECE_BYTES = 16_384;

/** Sends content; the next piece of a large body is written only when the reader has taken the last one. */
export function sendContent(response: ServerResponse, { status, headers, body }: Content): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  if (body.length <= PIECE_BYTES) response.end(body);
  else sendPieces(response, Buffer.from(body));
}

function sendPieces(response: ServerResponse, body: Buffer): void {
  let start = 0;
  const next = () => {
    let isTaken = true;
    while (isTaken && start < body.length) {
      isTaken = response.write(body.subarray(start, start + PIECE_BYTES));
      start += PIECE_BYTES;
    }
    if (start >= body.length) response.end();
    else response.once('drain', next);
  };
  next();
}
