import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryText, parseSessionsFile, sessionsFileText } from './sessions-file.ts';

const DAY_MS = 86_400_000;

/** The output of the microservice: properties that were never set are absent, times are strings. */
const CLOSED = {
  id: '1c37f668cab94727aa4a8f4e571a0c8a',
  user_id: '1',
  user_name: 'User 1',
  active: false,
  open_time: '2026-01-01T10:00:00.000Z',
  request_time: '2026-01-01T10:30:00.000Z',
  address: 'localhost',
  client: 'test',
  user: null,
  data: null,
  close_time: '2026-01-01T10:30:00.000Z',
};
const OPEN = {
  id: '215ebc9656e0403b97c3d027d3bb7f79',
  user_id: '2',
  active: true,
  open_time: '2026-01-01T11:00:00.000Z',
  request_time: '2026-01-01T11:00:00.000Z',
  user: 0,
  data: { cart: ['a', { ключ: '🦊' }] },
};

function parse(value: unknown) {
  return parseSessionsFile('sessions.json', JSON.stringify(value), DAY_MS);
}

function rewritten(value: unknown): unknown {
  return JSON.parse(sessionsFileText(parse(value).map(entryText)));
}

test('sessions in a file of the microservice get the given idle timeout', () => {
  const [closed, active] = parse([CLOSED, OPEN]).map(({ session }) => session);
  assert.equal(closed?.close_time, Date.parse(CLOSED.close_time));
  assert.equal(closed?.close_reason, 'closed');
  assert.equal(active?.request_time, Date.parse(OPEN.request_time));
  assert.equal(active?.user_name, null);
  assert.equal(active?.user, '0');
  assert.equal(active?.idle_timeout_ms, DAY_MS);
});

test('a written file has the properties of the microservice, which can read it', () => {
  const [closed, active] = rewritten([CLOSED, OPEN]) as Record<string, unknown>[];
  assert.deepEqual({ ...closed, ...CLOSED }, closed);
  assert.deepEqual({ ...active, ...OPEN }, active);
  assert.equal('close_time' in (active ?? {}), false);
});

test('writing a file again loses nothing, not even unknown properties', () => {
  const own = { ...OPEN, tenant: { name: 'a,"b"' }, note: null, idle_timeout_ms: 5000, revision: 7 };
  const limited = { ...CLOSED, expire_time: '2026-01-02T00:00:00.000Z', close_reason: 'expired', __proto: 1 };
  const once = rewritten([own, limited]);
  assert.deepEqual(rewritten(once), once);
  const [first, second] = once as Record<string, unknown>[];
  assert.deepEqual({ ...first, ...own }, first);
  assert.deepEqual({ ...second, ...limited }, second);
});

test('a file without sessions, or without any text, has no sessions', () => {
  assert.deepEqual(parse([]), []);
  assert.deepEqual(parseSessionsFile('sessions.json', '\n', DAY_MS), []);
  assert.deepEqual(rewritten([]), []);
});

const DAMAGED: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['half a file', '[{"id":"1"', /it is not complete JSON/],
  ['an object', '{"id":"1"}', /an array of sessions/],
  ['a text as entry', JSON.stringify([OPEN, 'x']), /entry 2 of 2: it is not an object/],
  [
    'an entry without user_id',
    JSON.stringify([{ ...OPEN, user_id: undefined }]),
    /entry 1 of 1: .*user_id is required/,
  ],
  [
    'a time that is none',
    JSON.stringify([{ ...OPEN, open_time: 'noon' }]),
    /entry 1 of 1: open_time must be a time like /,
  ],
  ['a number as id', JSON.stringify([CLOSED, { ...OPEN, id: 5 }]), /entry 2 of 2: .*id must be a string/],
  ['two entries of one id', JSON.stringify([OPEN, OPEN]), /entry 2 of 2: an earlier entry has the same id/],
];

for (const [what, text, says] of DAMAGED) {
  test(`a damaged file is rejected with the place of the damage: ${what}`, () => {
    assert.throws(
      () => parseSessionsFile('data/sessions.json', text, DAY_MS),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'STORE_UNUSABLE');
        assert.match(error.message, /data\/sessions\.json/);
        assert.match(error.message, says);
        return true;
      },
    );
  });
}
