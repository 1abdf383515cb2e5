import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ROUTES } from '../../api/v2/routes.ts';
import { SCHEMAS } from '../../api/v2/schemas.ts';
import { startV2 } from './fixtures/start.ts';

/** Routes that end or delete sessions are left out, so that sessions can be counted and changed. */
const LINES = ROUTES.filter(({ name }) => !/^(close|delete)Session|^eraseUser/.test(name)).map(
  ({ method, path }) => `${method} ${path}`,
);
const MEMBERS = Object.values(SCHEMAS).flatMap((schema) =>
  'properties' in schema ? Object.keys(schema.properties) : [],
);

const name = fc.oneof(fc.constantFrom(...new Set(MEMBERS)), fc.constantFrom('__proto__', 'toString', ''), fc.string());
const strange = fc.string({ unit: 'binary' });
const text = fc.oneof(strange, fc.constantFrom('\0', '\ud800', 'x'.repeat(4097), '2026-12-31T23:59:60Z', '1', 'true'));
const json = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom('1e400', '-0', '9007199254740993', '1e-400', `${'['.repeat(199)}${']'.repeat(199)}`, ''),
);
const members = fc.array(fc.tuple(name, json), { maxLength: 4 });
const body = fc.oneof(
  json,
  fc.tuple(fc.constantFrom([], ['"user_id":"u"']), members).map(([given, more]) => {
    return `{${[...given, ...more.map(([member, value]) => `${JSON.stringify(member)}:${value}`)].join(',')}}`;
  }),
);
const encoded = (part: string) => encodeURIComponent(part.toWellFormed());
// With three values of 4,097 characters and such an id, the head of the request would exceed 16 KiB, which is 431.
const query = fc
  .array(fc.tuple(name, text), { maxLength: 2 })
  .map((asked) => asked.map(([member, value]) => `${encoded(member)}=${encoded(value)}`).join('&'));
const id = fc.oneof(fc.constant('{id}'), fc.constantFrom('%00', '%ff', '..%2f', 'x'.repeat(2000)), text.map(encoded));

test('every response is documented for its route; only reported sessions are opened', async (t) => {
  const { send, open } = await startV2(t);
  const { session } = await open();
  let opened = 1;
  const property = fc.asyncProperty(fc.constantFrom(...LINES), id, query, body, async (line, place, asked, content) => {
    const path = line.replace('{id}', () => place.replace('{id}', session.id));
    // `send` fails if the document does not have the status, the code or the schema for the route.
    const { status } = await send(`${path}?${asked}`, line.startsWith('GET ') ? {} : { text: content });
    assert.notEqual(status, 500);
    if (status === 201) opened += 1;
  });
  await fc.assert(property, { numRuns: 1000 });
  assert.equal((await send('GET /v2/sessions?total=true&limit=1')).body.total, opened);
});

test('user and data are returned unchanged, also NUL and halves of surrogate pairs', async (t) => {
  const { send, open, validate } = await startV2(t);
  const value = fc
    .oneof(
      fc.jsonValue(),
      fc.dictionary(strange, fc.array(strange)),
      fc.constantFrom('\0', '\ud800', { '\udc00\0': '\ud800' }),
    )
    .filter((each) => !JSON.stringify(each).includes('__proto__'));
  const property = fc.asyncProperty(value, value, async (user, data) => {
    const sent = JSON.parse(JSON.stringify({ user, data }));
    const { session, token } = await open(sent);
    assert.deepEqual({ user: session.user, data: session.data }, sent);
    assert.deepEqual((await validate(token)).session, session);
    for (const member of ['user', 'data'] as const) {
      const { body } = await send(`PUT /v2/sessions/${session.id}/${member}`, { body: sent[member] });
      assert.deepEqual(body[member], sent[member]);
    }
    const merged = await send(`PATCH /v2/sessions/${session.id}/data`, { body: { '\ud800\0': '\0' } });
    assert.equal(merged.body.data['\ud800\0'], '\0');
  });
  await fc.assert(property, { numRuns: 100 });
});

test('a leap second is rejected and does not break lists', async (t) => {
  const { send } = await startV2(t);
  for (const member of ['expire_time', 'auth_time']) {
    const { body } = await send('POST /v2/sessions', { body: { user_id: 'u', [member]: '2026-12-31T23:59:60Z' } });
    assert.deepEqual([body.code, body.details], ['INVALID_DATA', { members: [member] }]);
  }
  assert.deepEqual((await send('GET /v2/sessions')).body.items, []);
});

test('a number that is too large is rejected by its property, not stored as null', async (t) => {
  const { send, open } = await startV2(t);
  const { session } = await open({ data: { n: 1 } });
  for (const [line, text, member] of [
    ['POST /v2/sessions', '{"user_id":"u","user":{"n":1e400}}', 'user'],
    [`PUT /v2/sessions/${session.id}/data`, '[-1e400]', 'data'],
    [`PATCH /v2/sessions/${session.id}/data`, '{"n":1e400}', 'data'],
  ] as const) {
    const { body } = await send(line, { text });
    assert.deepEqual([body.code, body.details], ['INVALID_DATA', { members: [member] }]);
  }
  assert.deepEqual((await send(`GET /v2/sessions/${session.id}`)).body.data, { n: 1 });
});
