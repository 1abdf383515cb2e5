const HEAD_END = Buffer.from('\r\n\r\n');
/** `HTTP/1.1 200`: the three digits that begin here. */
const STATUS_AT = 'HTTP/1.1 '.length;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)\r\n/i;

export interface Answer {
  readonly status: number;
  /** A view of the bytes that were read: copy what is kept. */
  readonly body: Buffer;
}

/**
 * The one HTTP answer that `bytes` hold; null while it is not complete. Throws for what none of the contenders should
 * send: a body without a content-length, or bytes beyond the answer.
 */
export function readAnswer(bytes: Buffer): Answer | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const head = bytes.toString('latin1', 0, headEnd + 2);
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
  const length = status === 204 ? '0' : CONTENT_LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without a content-length: ${head}`);
  const start = headEnd + HEAD_END.length;
  const end = start + Number(length);
  if (bytes.length > end) throw new Error(`${bytes.length - end} bytes beyond the answer: ${head}`);
  return bytes.length < end ? null : { status, body: bytes.subarray(start, end) };
}
