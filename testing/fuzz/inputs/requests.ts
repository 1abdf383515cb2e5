import type { Scope } from '@pip-sessions/contract/scopes';
import fc from 'fast-check';
import type { Aims } from '../service/messages.ts';
import { oddString } from './odd-values.ts';

/** A request, in the form that is generated, shrunk and printed. Names in braces are replaced when it is sent. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. Empty if there is no query. */
  readonly query: string;
  readonly headers: readonly Header[];
  readonly body: string | null;
  readonly framing: 'length' | 'chunked';
  /** The damage to the body. */
  readonly spoilt: 'not' | 'cut' | 'not UTF-8' | 'twice';
}

export type Header = readonly [name: string, value: string];

/** Values for the names in braces. */
export type Filling = Aims & Readonly<Record<`${Scope}_key`, string>>;

/** Names in braces, for the ids and tokens of real sessions. */
export const AIMS = ['{id}', '{ended_id}', '{token}', '{rotated_token}', '{ended_token}'] as const;

const BLANK = /\{(\w+)\}/g;
/** These characters would begin another request. `raw-bytes.ts` sends such requests. */
const FRAMING = /[\r\n]/g;

/** The bytes of a request with a correct Content-Length. */
export function toBytes(
  { method, path, query, headers, body, framing, spoilt }: FuzzRequest,
  filling: Filling,
): Buffer {
  const fill = (text: string) => text.replaceAll(BLANK, (blank, name) => filling[name as keyof Filling] ?? blank);
  const content = body === null ? null : spoil(Buffer.from(fill(body)), spoilt);
  const target = fill(query === '' ? path : `${path}?${query}`).replaceAll(FRAMING, '');
  const lines = [`${method} ${target} HTTP/1.1`, 'host: 127.0.0.1'];
  for (const [name, value] of headers) lines.push(`${name}: ${fill(value).replaceAll(FRAMING, '')}`);
  if (content !== null)
    lines.push(framing === 'length' ? `content-length: ${content.length}` : 'transfer-encoding: chunked');
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  if (content === null) return head;
  return Buffer.concat(framing === 'length' ? [head, content] : [head, ...chunked(content)]);
}

function spoil(content: Buffer, spoilt: FuzzRequest['spoilt']): Buffer {
  const middle = content.length >> 1;
  switch (spoilt) {
    case 'not':
      return content;
    case 'cut':
      return content.subarray(0, middle);
    case 'not UTF-8':
      return Buffer.concat([content.subarray(0, middle), Buffer.from([0xff]), content.subarray(middle)]);
    case 'twice':
      return Buffer.concat([content, content]);
  }
}

function chunked(content: Buffer): Buffer[] {
  const middle = content.length >> 1;
  const chunks = [content.subarray(0, middle), content.subarray(middle)].filter(({ length }) => length > 0);
  const framed = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  return [...framed, Buffer.from('0\r\n\r\n')];
}

const weighted = <T>(...choices: readonly (readonly [number, T])[]) =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const ODD_METHODS = [
  'HEAD',
  'OPTIONS',
  'TRACE',
  'QUERY',
  'PROPFIND',
  'LOCK',
  'M-SEARCH',
  'get',
  'FOO',
  'PUT',
  'DELETE',
];

/** A method: usually the one given. */
export function methodNear(method: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 19, arbitrary: fc.constant(method) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_METHODS) },
  );
}

export const spoilt = weighted<FuzzRequest['spoilt']>([40, 'not'], [1, 'cut'], [1, 'not UTF-8'], [1, 'twice']);
export const framing = weighted<FuzzRequest['framing']>([9, 'length'], [1, 'chunked']);

const oddText = oddString.map((text) => text.toWellFormed());
/** Visible ASCII passes the parser of HTTP more often than other bytes. */
const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

const authorization: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 90, arbitrary: fc.constant([['authorization', 'Bearer {admin_key}']] as const) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('{write_key}', '{validate_key}')
      .map((key) => [['authorization', `Bearer ${key}`]] as const),
  },
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.oneof(ascii, oddText).map((text) => [['authorization', text]] as const) },
  {
    weight: 1,
    arbitrary: fc.constant([
      ['authorization', 'Bearer {admin_key}'],
      ['Authorization', 'Bearer {admin_key}'],
    ] as const),
  },
);

const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'application/merge-patch+json',
  'application/problem+json',
  'application/json;charset=utf-16',
  'application/jsonx',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  '',
];
const contentType: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 44, arbitrary: fc.constant([['content-type', 'application/json']] as const) },
  { weight: 4, arbitrary: fc.constantFrom(...CONTENT_TYPES).map((type) => [['content-type', type]] as const) },
  { weight: 1, arbitrary: fc.constant([]) },
);

const NAMED: Readonly<Record<string, readonly string[]>> = {
  'if-match': ['"1"', '"2"', '*', 'W/"1"', '"9007199254740993"', '1', '"1", "2"', `"${'1'.repeat(300)}"`],
  'idempotency-key': ['0123456789abcdef', 'fedcba9876543210', 'short', 'x'.repeat(256), '0123456789 abcdef'],
  'last-event-id': ['1', '0', '-1', '9007199254740993', 'x', '{id}'],
  correlation_id: ['c', 'x'.repeat(5_000), '{token}', 'null'],
  trace_id: ['t', '{id}'],
  traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0', 'ff'],
  'content-encoding': ['identity', 'gzip', 'br, gzip', 'none'],
  origin: ['http://a.example', 'null', 'http://127.0.0.1', '*'],
  cookie: ['__Host-session={token}', 'a=b; a=c'],
  host: ['attacker.example', '127.0.0.1:1', '[::1]', ''],
  expect: ['100-continue', 'x'],
  upgrade: ['websocket', 'h2c'],
  connection: ['close', 'upgrade', 'keep-alive, x'],
  accept: ['text/event-stream', '*/*;q=0'],
  'accept-encoding': ['gzip', 'br;q=1, *;q=0'],
  range: ['bytes=0-0', 'bytes=-1'],
  'if-none-match': ['*', '"1"'],
  'x-http-method-override': ['DELETE'],
  'x-forwarded-for': ['192.0.2.1'],
};
const otherHeader: fc.Arbitrary<Header> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...Object.entries(NAMED).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
    ),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(NAMED), 'x'), fc.oneof(ascii, oddText)) },
);

/** Headers of a request, usually with a key of scope admin. */
export const headers: fc.Arbitrary<readonly Header[]> = fc
  .tuple(
    authorization,
    contentType,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(otherHeader, { maxLength: 3 }) },
    ),
  )
  .map((parts) => parts.flat());

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

/** A path segment, usually the id of a session. */
export const idInPath: fc.Arbitrary<string> = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom('{id}', '{id}', '{id}', '{ended_id}') },
  { weight: 2, arbitrary: fc.constantFrom('0'.repeat(36), 'none', '{token}', 'validate', 'close', 'x'.repeat(2_000)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('%00', '%ff', '%', '%zz', '..%2f..', '%ed%a0%80', '{id}%', '{id}/', '%7B', ';a=b', '#'),
  },
  { weight: 2, arbitrary: oddText.map(encoded) },
  { weight: 1, arbitrary: oddText.map((text) => text.replaceAll(/[\s?]/g, '') || 'x') },
);

const UNDECODABLE = ['%ff', 'a%c3', '%ed%a0%80', '%', '%u0041', '+', '%2B', '%00'];

/** One query parameter. Its value may be encoded wrongly. */
export function parameter(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const written = fc.oneof(
    { weight: 15, arbitrary: value.map(encoded) },
    { weight: 1, arbitrary: fc.constantFrom(...UNDECODABLE) },
  );
  return fc.tuple(name.map(encoded), written).map(([first, second]) => `${first}=${second}`);
}
