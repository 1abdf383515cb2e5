import fc from 'fast-check';
import { userPrefix } from '../../../packages/service/src/domain/ids.ts';
import { HEADER } from '../../../packages/service/src/transfer/header.ts';
import type { Format } from '../../../packages/service/src/transfer/records.ts';
import { STORED_SESSION } from '../../../packages/service/src/transfer/session-json.ts';
import { oddJson, oddString } from './odd-values.ts';
import { objectJson, type Samples, type Schema } from './schema-json.ts';

/** A file to import, in the form that is generated, shrunk and printed. */
export interface ImportFile {
  readonly format: Format;
  /** Each is the JSON of a session, or a text that resembles it. */
  readonly records: readonly string[];
  readonly frame: Frame;
  /** Bytes per read. */
  readonly chunk_bytes: number;
  /** The damage to the bytes, at a fraction of the file's length. */
  readonly spoilt: { readonly how: 'not' | 'cut' | 'byte'; readonly at: number };
}

interface Frame {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** The bytes of a file. */
export function toFile({ records, frame, spoilt }: ImportFile): Buffer {
  const bytes = Buffer.from(`${frame.before}${records.join(frame.between)}${frame.after}`);
  const place = Math.floor(spoilt.at * bytes.length);
  if (spoilt.how === 'not') return bytes;
  if (spoilt.how === 'cut') return bytes.subarray(0, place);
  return Buffer.concat([bytes.subarray(0, place), Buffer.from([0xff]), bytes.subarray(place)]);
}

const TIMES = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:30:00Z', '1970-01-01T00:00:00Z'];
const OWN_ID = `${userPrefix('u')}${'0123456789abcdef'.repeat(2)}`;
const HASH = 'ab'.repeat(32);
const AUTHENTICATION = { auth_time: 1, auth_methods: ['pwd'], auth_level: 2 };
const past = (length: number) =>
  Array.from({ length }, () => ({ hash: HASH, nonce: 'n', grace_until: 9e12, replaced: AUTHENTICATION }));
const SAMPLES: Samples = {
  id: ['a', 'b', OWN_ID, OWN_ID, '{}', ':', 'x'.repeat(5_000), 'é'.repeat(3_000)],
  user_id: ['u', 'u', 'v', '', 'x'.repeat(10_000)],
  active: [true, true, false],
  open_time: TIMES,
  request_time: TIMES,
};
const OPTIONAL: Samples = {
  token: [
    { hash: HASH, open_nonce: null, past: [] },
    { hash: HASH, lineage: 'l', open_nonce: 'n', past: past(2) },
    { hash: '', lineage: '', open_nonce: '', past: past(500) },
    { hash: 'é'.repeat(64), lineage: null, open_nonce: null, past: [] },
  ],
  revision: [1, Number.MAX_SAFE_INTEGER],
  idle_timeout_ms: [1, Number.MAX_SAFE_INTEGER],
  auth_level: [0, Number.MIN_SAFE_INTEGER],
};

const own = fc
  .tuple(
    objectJson(STORED_SESSION as Schema, SAMPLES),
    fc.constantFrom(
      null,
      null,
      ...Object.entries(OPTIONAL).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
    ),
  )
  .map(([json, more]) =>
    more === null ? json : `${json.slice(0, -1)}${json === '{}' ? '' : ','}"${more[0]}":${JSON.stringify(more[1])}}`,
  );

const WRAPPED = [
  '{"$date":"2026-01-01T10:00:00Z"}',
  '{"$date":{"$numberLong":"1767263400000"}}',
  '{"$date":{"$numberLong":"99999999999999999999"}}',
  '{"$date":1e400}',
  '{"$date":{}}',
  '{"$date":{"$date":{"$date":5}}}',
  '{"$numberInt":{"valueOf":1,"toString":2}}',
  '{"$numberLong":{"toString":null}}',
  '{"$numberLong":[[[]]]}',
  '{"$numberDouble":"NaN"}',
  '{"$numberDouble":"-Infinity"}',
  '{"$oid":{}}',
  '{"$oid":"__proto__"}',
  '{"$__proto__":1}',
  '{"__proto__":{"$date":5}}',
];
const wrapped = fc.constantFrom(...WRAPPED);
/** A document in MongoDB's export format: the id has another name, and values are objects of one property. */
const document = fc
  .tuple(
    own,
    wrapped,
    fc.constantFrom('open_time', 'request_time', 'close_time', 'data', 'user', '_id', 'idle_timeout_ms'),
    fc.boolean(),
  )
  .map(([json, value, name, isWrapped]) => {
    const renamed = json.replace('"id":', '"_id":');
    return isWrapped && renamed !== '{}' ? `${renamed.slice(0, -1)},"${name}":${value}}` : renamed;
  });

const FRAMES: Readonly<Record<'lines' | 'array', readonly Frame[]>> = {
  lines: [
    { before: '', between: '\n', after: '\n' },
    { before: '', between: '\r\n', after: '' },
    { before: '\ufeff', between: '\n\n', after: '\n \t' },
  ],
  array: [
    { before: '[', between: ',', after: ']' },
    { before: ' [\n', between: ' ,\n', after: '\n]\n' },
    { before: '[', between: ',,', after: ']' },
    { before: '[', between: ',', after: '' },
    { before: '[', between: ',', after: ']]' },
    { before: '', between: ',', after: '' },
  ],
};
const withHeader = FRAMES.lines.map((frame) => ({ ...frame, before: `${HEADER}\n` }));

const framed = fc.oneof(
  fileOf('ndjson', own, [...withHeader, ...withHeader, ...FRAMES.lines]),
  fileOf('sessions.json', own, FRAMES.array),
  fileOf('mongoexport', document, [...FRAMES.lines, ...FRAMES.array]),
);

function fileOf(format: Format, record: fc.Arbitrary<string>, frames: readonly Frame[]) {
  const any = fc.oneof(
    { weight: 20, arbitrary: record },
    { weight: 1, arbitrary: oddJson },
    { weight: 1, arbitrary: oddString },
  );
  return fc.record(
    { format: fc.constant(format), records: fc.array(any, { maxLength: 4 }), frame: fc.constantFrom(...frames) },
    { noNullPrototype: true },
  );
}

const how = fc.constantFrom('not', 'not', 'not', 'not', 'not', 'cut', 'byte');
const part = fc.double({ min: 0, max: 1, noNaN: true });

/** Files of each format, with valid, invalid, repeated, truncated and mixed records. */
export const importFiles: fc.Arbitrary<ImportFile> = fc
  .tuple(framed, fc.constantFrom(1, 7, 100, 65_536), fc.record({ how, at: part }, { noNullPrototype: true }))
  .map(([file, chunk_bytes, spoilt]) => ({ ...file, chunk_bytes, spoilt }));
