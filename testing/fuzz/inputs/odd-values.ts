import fc from 'fast-check';

/** Difficult strings: NUL, unpaired surrogates, separators, names of prototypes, markup, SQL statements. */
const ODD_STRINGS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u0001',
  '\u00010',
  '\u007f',
  '\ud800',
  'x\udc00',
  '\ud83e\udd8a',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\u2028\u2029',
  'ﬀ',
  'İ',
  '\r\n',
  '\t',
  '"',
  '\\',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '0',
  '-0',
  'NaN',
  '1e400',
  '{}',
  '[]',
  '$&',
  "'; DROP TABLE sessions; --",
  '%',
  '*',
  '../../etc/passwd',
  '{x}',
  '<script>',
];

/** Moments at the limits of formats, engines and stores. */
export const ODD_TIMES: readonly string[] = [
  '2026-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01t00:00:00z',
  '2026-01-01T00:00:00.123456789012345678901234567890Z',
  '2026-01-01T00:00:00+99:99',
  '2026-01-01T00:00:00-00:00',
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59-12:00',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '1969-12-31T23:59:59Z',
  '2026',
  '2026-01-01',
  'Thu, 01 Jan 2026 00:00:00 GMT',
  '8640000000000001',
  '999999999999999999',
  '9999999999999999999',
  '-99999999999999999999',
  `1${'0'.repeat(400)}`,
];

/** Numbers in the forms that JSON allows. */
export const ODD_NUMBERS: readonly string[] = [
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '0.1e-6',
  '1e-400',
  '1e21',
  '1e308',
  '1e400',
  '-1e400',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999999999',
];

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** JSON values, and texts that only resemble JSON. */
const ODD_JSON: readonly string[] = [
  'null',
  'true',
  'false',
  '[]',
  '{}',
  '[null]',
  '{"":0}',
  '{"__proto__":{"active":true}}',
  '{"a":{"\\u005f_proto__":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toString":1,"valueOf":2,"toJSON":3,"length":4294967295,"then":5}',
  '{"a":1,"a":2}',
  nested(199),
  nested(201),
  `${'{"a":'.repeat(150)}0${'}'.repeat(150)}`,
  'NaN',
  'Infinity',
  'undefined',
  '01',
  '+1',
  '1.',
  "'a'",
  '"\\x"',
  '"\\ud8"',
  '"\t"',
  '[1,]',
  '{"a"}',
  '{a:1}',
  '/**/1',
  '',
];

/** Only a few, because each costs as much as thousands of other values. */
const HUGE_JSON: readonly string[] = [
  JSON.stringify('x'.repeat(4_096)),
  JSON.stringify('x'.repeat(4_097)),
  JSON.stringify('🦊'.repeat(4_000)),
  JSON.stringify('\u0001'.repeat(20_000)),
  JSON.stringify('x'.repeat(70_000)),
  `[${'0,'.repeat(3_000)}0]`,
  JSON.stringify(Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`m${at}`, at]))),
  nested(5_000),
];
const VAST_JSON: readonly string[] = [
  JSON.stringify('x'.repeat(1_100_000)),
  `[${'0,'.repeat(500_000)}0]`,
  nested(300_000),
];

export const oddString: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_STRINGS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_TIMES, ...ODD_NUMBERS) },
);

/** Any value as JSON; sometimes a text that is not JSON. */
export const oddJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 300, arbitrary: fc.constantFrom(...ODD_JSON) },
  { weight: 200, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
  { weight: 300, arbitrary: oddString.map((text) => JSON.stringify(text)) },
  { weight: 100, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }).map((value) => JSON.stringify(value)) },
  { weight: 20, arbitrary: fc.constantFrom(...HUGE_JSON) },
  { weight: 1, arbitrary: fc.constantFrom(...VAST_JSON) },
);
