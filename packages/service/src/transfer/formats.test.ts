import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chunks, IDLE_TIMEOUT_MS, READ } from './fixtures/transfer.ts';
import { type Format, type ImportRecord, readRecords } from './records.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

async function read(text: string | Buffer, format: Format, from = 1): Promise<ImportRecord[]> {
  const records: ImportRecord[] = [];
  for await (const record of readRecords(chunks(text, 100), { ...READ, format, from })) records.push(record);
  return records;
}

const CLOSED = {
  id: '1c37f668cab94727aa4a8f4e571a0c8a',
  user_id: '1',
  user_name: 'User 1',
  address: 'localhost',
  client: 'test',
  user: null,
  data: null,
  open_time: Date.UTC(2026, 0, 1, 10),
  request_time: Date.UTC(2026, 0, 1, 10, 30),
  active_until: Date.UTC(2026, 0, 1, 10, 30),
  idle_timeout_ms: IDLE_TIMEOUT_MS,
  expire_time: null,
  close_time: Date.UTC(2026, 0, 1, 10, 30),
  close_reason: 'closed',
  revision: 1,
  auth_time: Date.UTC(2026, 0, 1, 10),
  auth_methods: [],
  auth_level: null,
  closed_by: null,
  actor_type: null,
  actor_id: null,
  actor_reason: null,
  token: null,
};
const CART = '"cart":["a,]\\"}",{"ключ":"🦊"}]';
const OPEN = {
  ...CLOSED,
  user_id: '2',
  user_name: null,
  address: null,
  client: null,
  user: '0',
  open_time: Date.UTC(2026, 0, 1, 11),
  request_time: Date.UTC(2026, 0, 1, 11, 5),
  active_until: Date.UTC(2026, 0, 1, 11, 5),
  close_time: null,
  close_reason: null,
  auth_time: Date.UTC(2026, 0, 1, 11),
};

test('the file of the microservice is read, and unknown properties are named', async () => {
  const [closed, active] = await read(fixture('sessions.json'), 'sessions.json');
  assert.deepEqual(closed?.session, CLOSED);
  assert.deepEqual(active?.session, { ...OPEN, id: '215ebc9656e0403b97c3d027d3bb7f79', data: `{${CART}}` });
  assert.deepEqual([closed?.left_out, active?.left_out], [[], ['tenant']]);
  assert.deepEqual([closed?.place, active?.place], ['entry 1', 'entry 2']);
});

for (const name of ['mongoexport-v1.json', 'mongoexport-v2.json']) {
  test(`the documents of the microservice's collection become sessions: ${name}`, async () => {
    const [closed, active] = await read(fixture(name), 'mongoexport');
    assert.deepEqual(closed?.session, CLOSED);
    // An integer that JSON cannot represent exactly remains a string of digits.
    const data = `{${CART},"count":12,"big":"9007199254740993"}`;
    assert.deepEqual(active?.session, { ...OPEN, id: '5099803df3f4948bd2f98391', data });
    assert.deepEqual([closed?.left_out, active?.left_out], [[], []]);
  });
}

const HEADER = '{"format":"pip-sessions","version":1}';
const SESSION = {
  id: '1',
  user_id: 'u',
  active: true,
  open_time: '2026-01-01T10:00:00Z',
  request_time: '2026-01-01T10:00:00Z',
};

test('a line of another program needs few properties; the others get defaults', async () => {
  const text = `${HEADER}\r\n\r\n${JSON.stringify(SESSION)}\r\n`;
  const [record, ...more] = await read(text, 'ndjson');
  assert.deepEqual(more, []);
  assert.equal(record?.place, 'line 3');
  assert.partialDeepStrictEqual(record?.session, { id: '1', revision: 1, idle_timeout_ms: IDLE_TIMEOUT_MS });
});

const BAD: readonly (readonly [what: string, line: object | string | Buffer, says: RegExp])[] = [
  ['text', 'hello', /^line 2: it is not complete JSON\.$/],
  ['half a line', '{"id":"secret', /^line 2: it is not complete JSON\.$/],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /^line 2: it is not complete JSON/],
  ['a list', '[]', /^line 2: it is not an object$/],
  ['a second header', HEADER, /^line 2: .*format is an unknown property/],
  ['an unknown member', { ...SESSION, tenant: 'a' }, /^line 2: tenant is an unknown property\.$/],
  ['a missing member', { ...SESSION, user_id: undefined }, /^line 2: user_id is required\.$/],
  ['a wrong type', { ...SESSION, id: 5 }, /^line 2: id must be a string\.$/],
  ['an unknown reason', { ...SESSION, active: false, close_reason: 'tired' }, /^line 2: close_reason /],
  [
    'a time without its zone',
    { ...SESSION, open_time: '2026-01-01T10:00:00' },
    /^line 2: open_time must be a time like/,
  ],
  [
    'a time before 1970',
    { ...SESSION, open_time: '1969-12-31T23:00:00Z' },
    /^line 2: open_time must be between the years 1970 and/,
  ],
  ['an opening in the future', { ...SESSION, open_time: '2026-07-03T00:00:00Z' }, /^line 2: open_time must not be in/],
  ['a reason of an open one', { ...SESSION, close_reason: 'idle' }, /^line 2: close_reason must be absent/],
  ['an actor without an id', { ...SESSION, actor_type: 'agent' }, /^line 2: actor_id must be present with actor_type/],
  ['an actor without a type', { ...SESSION, actor_id: 'bot' }, /^line 2: actor_id must be present with actor_type/],
  ['an end of an open one', { ...SESSION, close_time: SESSION.open_time }, /^line 2: close_time must be absent/],
  [
    'a depth that no request may have',
    `{"id":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    /^line 2: it is nested deeper than 200 levels, the maximum\.$/,
  ],
  [
    'a timeout that no request may have',
    { ...SESSION, idle_timeout_ms: 2 ** 53 - 1 },
    /^line 2: idle_timeout_ms must be <= 315360000000\.$/,
  ],
  ['a revision that cannot grow', { ...SESSION, revision: 2 ** 53 - 1 }, /^line 2: revision must be <= 2147483647\.$/],
  ['a level that no request may have', { ...SESSION, auth_level: -1 }, /^line 2: auth_level must be >= 0\.$/],
  [
    'half of a surrogate pair',
    { ...SESSION, user_name: '\ud800' },
    /^line 2: user_name must not contain half of a surrogate pair\.$/,
  ],
  [
    'an id that no request may have',
    { ...SESSION, id: 'x'.repeat(4_097) },
    /^line 2: id must not be longer than 4096 characters\.$/,
  ],
  [
    'a moment after the year 9999 in a token',
    { ...SESSION, token: { hash: '', open_nonce: null, past: [{ hash: '', nonce: '', grace_until: 2 ** 53 - 1 }] } },
    /^line 2: token\.past\.0\.grace_until must be <= 253402300799999\.$/,
  ],
  [
    'a token with more in it',
    { ...SESSION, token: { hash: '', open_nonce: null, past: [], secret: 'x' } },
    /^line 2: token\.secret is an unknown/,
  ],
];

for (const [what, line, says] of BAD) {
  test(`a bad line is rejected with its number and problem but not quoted: ${what}`, async () => {
    const bytes = Buffer.isBuffer(line) ? line : Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
    const file = Buffer.concat([Buffer.from(`${HEADER}\n`), bytes, Buffer.from('\n')]);
    await assert.rejects(read(file, 'ndjson'), (error: Error) => {
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /secret"/);
      return true;
    });
  });
}

test('an invalid time of any length is rejected and not quoted', async () => {
  const text = JSON.stringify([{ ...SESSION, open_time: 'secret'.repeat(1_000) }]);
  const says = /^entry 1: open_time must be a time like 2026-01-31T12:00:00Z\.$/;
  await assert.rejects(read(text, 'sessions.json'), (error: Error) => says.test(error.message));
});

test('an object that only looks like Extended JSON is not converted', async () => {
  const objects = [
    ...['$numberInt', '$numberLong', '$numberDouble'].map((name) => ({ [name]: { valueOf: 1, toString: 2 } })),
    ...[{ $date: { $numberLong: {} } }, { $date: [] }, { $date: null }, { $oid: {} }, { $oid: 5 }],
  ];
  for (const data of objects) {
    const [record] = await read(JSON.stringify({ _id: '1', ...SESSION, id: undefined, data }), 'mongoexport');
    assert.deepEqual(JSON.parse(record?.session.data ?? ''), data);
  }
  const numbers = [{ $numberDouble: 'NaN' }, { $numberDouble: '-Infinity' }, { $numberInt: '7' }];
  const [record] = await read(JSON.stringify({ _id: '1', ...SESSION, id: undefined, data: numbers }), 'mongoexport');
  assert.equal(record?.session.data, '["NaN","-Infinity",7]');
});

test('a missing header, or one of a later version, is rejected, also with --from-line', async () => {
  const says = { message: /^line 1: it must be the header {"format":"pip-sessions","version":1}\. For another format/ };
  const line = JSON.stringify(SESSION);
  for (const text of ['', `${line}\n`, `{"format":"pip-sessions","version":2}\n${line}\n`, 'hello\n']) {
    if (text === 'hello\n') await assert.rejects(read(text, 'ndjson', 2), /^.*line 1: it is not complete JSON/);
    else await assert.rejects(read(text, 'ndjson', 2), says);
  }
});

test('reading starts at the given line or entry', async () => {
  const ids = async (text: string, format: Format) =>
    (await read(text, format, 2)).map(({ session }) => session.user_id);
  assert.deepEqual(await ids(fixture('sessions.json'), 'sessions.json'), ['2']);
  assert.deepEqual(await ids(fixture('mongoexport-v1.json'), 'mongoexport'), ['2']);
  assert.deepEqual(await ids(fixture('mongoexport-v2.json'), 'mongoexport'), ['2']);
});

test('empty files of the microservice have no sessions', async () => {
  for (const text of ['', '\n', '[]', '[\n]\n']) assert.deepEqual(await read(text, 'sessions.json'), []);
  for (const text of ['', '\n', '[]\n']) assert.deepEqual(await read(text, 'mongoexport'), []);
});
