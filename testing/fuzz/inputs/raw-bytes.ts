import fc from 'fast-check';

/** The bytes of a connection as they are generated: requests that are framed in odd ways, then changed anywhere. */
export interface RawConnection {
  /** Bytes as latin1, one after the other. */
  readonly requests: readonly string[];
  readonly changes: readonly Change[];
  /** Where the bytes are cut into pieces that are written one by one, as parts of the whole. */
  readonly cuts: readonly number[];
  readonly ending: 'end' | 'reset';
}

interface Change {
  readonly kind: 'flip' | 'insert' | 'remove' | 'repeat' | 'truncate';
  /** A part of the whole, from 0 to 1. */
  readonly at: number;
  readonly text: string;
}

const REMOVED_BYTES = 8;
const REPEATED_BYTES = 40;

/** Stands for an API key in the bytes of a request. */
export const KEY = '{key}';

/** The pieces that a connection writes. */
export function toPieces({ requests, changes, cuts }: RawConnection, key: string): Buffer[] {
  let bytes = Buffer.from(requests.join('').replaceAll(KEY, key), 'latin1');
  for (const change of changes) bytes = changed(bytes, change);
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

function changed(bytes: Buffer<ArrayBuffer>, { kind, at, text }: Change): Buffer<ArrayBuffer> {
  const place = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (kind) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ 0x80]), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from(text, 'latin1'), after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(REMOVED_BYTES)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, REPEATED_BYTES), after]);
    case 'truncate':
      return Buffer.from(before);
  }
}

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'CONNECT',
  'PRI',
  'QUERY',
  '',
  'G\tT',
  'get',
  'x'.repeat(100),
];
const TARGETS = [
  '/livez',
  '/',
  '*',
  '/v2/sessions',
  '/v2/sessions/validate',
  '/v1/sessions/open_session',
  '/docs/',
  'http://127.0.0.1/livez',
  '127.0.0.1:80',
  '/\u0080\u00ff',
  '/a b',
  '',
  `/${'x'.repeat(9_000)}`,
  `/${'x'.repeat(20_000)}`,
];
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.2',
  'HTTP/9999',
  'http/1.1',
  '',
];
const LINE_ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n\r\n', '\0\r\n'];
const HEADERS = [
  `authorization: Bearer ${KEY}`,
  `authorization: Bearer ${KEY}\r\ncontent-type: application/json`,
  'host: 127.0.0.1',
  'host:',
  'Host: a\r\nHost: b',
  'connection: close',
  'connection: keep-alive',
  'connection: upgrade\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA',
  'content-type: application/json',
  'content-length: 0',
  'content-length: 2',
  'content-length: -1',
  'content-length: 2, 2',
  'content-length: 2\r\ncontent-length: 3',
  'content-length: 99999999999999999999',
  'content-length : 2',
  'content-length: 0x2',
  'transfer-encoding: chunked',
  'transfer-encoding: chunked, chunked',
  'transfer-encoding: gzip, chunked',
  'transfer-encoding: xchunked',
  'Transfer-Encoding : chunked',
  'transfer-encoding: chunked\r\ncontent-length: 5',
  'expect: 100-continue',
  'trailer: x',
  'x: \u0000',
  'x: \u007f\u0080\u00ff',
  ' folded',
  'x: a\r\n b',
  ': empty',
  'no colon',
  'x y: z',
  `x: ${'x'.repeat(8_000)}`,
  `x: ${'x'.repeat(20_000)}`,
  `${'x'.repeat(17_000)}: y`,
  'a: b\r\n'.repeat(99).trimEnd(),
  'a: b\r\n'.repeat(2_500).trimEnd(),
];
const BODIES = [
  '',
  '{}',
  '{"user_id":"u"}',
  '2\r\n{}\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '2;a=b\r\n{}\r\n0\r\n\r\n',
  `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  '02\r\n{}\r\n0\r\nx: y\r\n\r\n',
  `0\r\n${'x: y\r\n'.repeat(3_000)}\r\n`,
  'ffffffffffffffff\r\n{}',
  'fffffffffffffffff\r\n{}',
  '-2\r\n{}\r\n0\r\n\r\n',
  '2\n{}\n0\n\n',
  '2\r\n{}0\r\n\r\n',
  '2\r\n{',
  'z\r\n',
  'x'.repeat(70_000),
];
/** What other protocols begin with, and requests that are as they should be. */
const OTHERS = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0\u0064',
  '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003',
  'SSH-2.0-OpenSSH_9.0\r\n',
  '*1\r\n$4\r\nPING\r\n',
  '\0\0\0\u0008\u0004\u00d2\u0016\u002f',
  '\r\n\r\n\r\n',
  'GET / HTTP/1.1\r\nhost:\r\n\r\n'.repeat(50),
  'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n',
  'POST /v2/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"user_id":"u"}',
];

const lineEnd = fc.constantFrom(...LINE_ENDS);
const framed = fc
  .tuple(
    fc.constantFrom(...METHODS),
    fc.constantFrom(' ', ' ', ' ', '  ', '\t'),
    fc.constantFrom(...TARGETS),
    fc.constantFrom(...VERSIONS),
    lineEnd,
    fc.array(fc.tuple(fc.constantFrom(...HEADERS), lineEnd), { maxLength: 4 }),
    fc.constantFrom(...BODIES),
  )
  .map(([method, space, target, version, end, headers, body]) => {
    const lines = headers.map(([header, header_end]) => `${header}${header_end}`).join('');
    return `${method}${space}${target}${space}${version}${end}${lines}\r\n${body}`;
  });
const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
const one = fc.oneof(
  { weight: 6, arbitrary: framed },
  { weight: 3, arbitrary: fc.constantFrom(...OTHERS) },
  { weight: 1, arbitrary: bytes },
);
const part = fc.double({ min: 0, max: 1, noNaN: true });
const change: fc.Arbitrary<Change> = fc.record(
  { kind: fc.constantFrom('flip', 'insert', 'remove', 'repeat', 'truncate'), at: part, text: bytes },
  { noNullPrototype: true },
);

/** Up to three requests that are framed in odd ways, up to three changes of their bytes, in up to four pieces. */
export const rawConnections: fc.Arbitrary<RawConnection> = fc.record(
  {
    requests: fc.array(one, { minLength: 1, maxLength: 3 }),
    changes: fc.array(change, { maxLength: 3 }),
    cuts: fc.array(part, { maxLength: 3 }),
    ending: fc.constantFrom('end', 'end', 'end', 'reset'),
  },
  { noNullPrototype: true },
);
