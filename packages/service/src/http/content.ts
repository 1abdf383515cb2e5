import type { ServerResponse } from 'node:http';
import { NO_SNIFFING } from './media-type.ts';

/** A response without session data: a document, a page, or a state of the service. */
export interface Content {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** The size of one TLS record. A slow reader keeps one piece in memory: encrypted bytes are a copy. */
const PIECE_BYTES = 16_384;
/** Number of pieces that are written before other work of the event loop runs. */
const PIECES_PER_TURN = 8;

/** Large bodies that can continue, in order of arrival. Each writes one piece and then goes to the end of the queue. */
const ready: (() => void)[] = [];

/** Sends a response. A large body is written in pieces, each after the client has taken the one before. */
export function sendContent(response: ServerResponse, { status, headers, body }: Content): void {
  // The connection may have been destroyed while the content was created.
  if (response.socket?.destroyed) return;
  response.writeHead(status, { ...NO_SNIFFING, ...headers, 'content-length': Buffer.byteLength(body) });
  if (response.req.method === 'HEAD') response.end();
  else if (body.length <= PIECE_BYTES) response.end(body);
  else sendPieces(response, typeof body === 'string' ? Buffer.from(body) : body);
}

function sendPieces(response: ServerResponse, body: Buffer): void {
  let start = 0;
  const writePiece = () => {
    if (response.socket?.destroyed !== false) return;
    const piece = body.subarray(start, start + PIECE_BYTES);
    start += PIECE_BYTES;
    if (start >= body.length) response.end(piece);
    else if (response.write(piece)) enqueue(writePiece);
    else response.once('drain', () => enqueue(writePiece));
  };
  enqueue(writePiece);
}

function enqueue(writePiece: () => void): void {
  if (ready.push(writePiece) === 1) setImmediate(writeReady);
}

function writeReady(): void {
  const turn = ready.splice(0, PIECES_PER_TURN);
  if (ready.length > 0) setImmediate(writeReady);
  for (const writePiece of turn) writePiece();
}
