const HEAD_END = Buffer.from('\r\n\r\n');
/** The place of the status in `HTTP/1.1 200`. */
const STATUS_AT = 'HTTP/1.1 '.length;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)\r\n/i;

export interface Answer {
  readonly status: number;
  /** A view of the bytes that were read. Copy it to keep it. */
  readonly body: Buffer;
}

/**
 * Parses one HTTP response; null while it is not complete. Throws if the body has no Content-Length, or if bytes follow
 * the response: no contender should send these.
 */
export function readAnswer(bytes: Buffer): Answer | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const head = bytes.toString('latin1', 0, headEnd + 2);
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
  const length = status === 204 ? '0' : CONTENT_LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error(`a response without Content-Length: ${head}`);
  const start = headEnd + HEAD_END.length;
  const end = start + Number(length);
  if (bytes.length > end) throw new Error(`${bytes.length - end} bytes after the response: ${head}`);
  return bytes.length < end ? null : { status, body: bytes.subarray(start, end) };
}
