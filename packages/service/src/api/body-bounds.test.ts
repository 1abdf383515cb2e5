import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyBytesMax } from './body-bounds.ts';
import { STRING_LENGTH_MAX } from './text-bounds.ts';
import { COMMANDS } from './v1/commands.ts';
import { ROUTES } from './v2/routes.ts';

const UNBOUNDED = Number.POSITIVE_INFINITY;

test('[B-10] each route and command has a size limit for its body', () => {
  const bounds = Object.fromEntries([
    ...ROUTES.filter(({ method }) => method !== 'GET').map(({ name, body_bytes_max }) => [name, body_bytes_max]),
    ...COMMANDS.map(({ name, body_bytes_max }) => [name, body_bytes_max]),
  ]);
  const unbounded = Object.keys(bounds).filter((name) => bounds[name] === UNBOUNDED);
  assert.deepEqual(unbounded.sort(), [
    ...['openSession', 'open_session', 'patchData', 'replaceData', 'replaceUser'],
    ...['store_session_data', 'update_session_user'],
  ]);
  for (const name of ['validateToken', 'rotateToken', 'get_session_by_id', 'close_session', 'delete_session_by_id']) {
    assert.ok(bounds[name] < 65_536, `${name}: ${bounds[name]}`);
  }
  for (const name of ['touchSession', 'closeSession', 'deleteSession', 'close_expired_sessions']) {
    assert.ok(bounds[name] <= 33_000, `${name}: ${bounds[name]}`);
  }
});

test('a string takes up to six bytes a character, and an array the sum of its items', () => {
  const text = { type: 'string', maxLength: 10 } as const;
  const bytes = (schema: object) => bodyBytesMax(schema) - bodyBytesMax({ type: 'object', properties: {} });
  assert.equal(bytes(text), 60);
  assert.equal(bytes({ type: 'array', maxItems: 3, items: text }), 3 * 64);
  assert.equal(bytes({ type: 'object', properties: { ab: text } }), 66);
  assert.equal(bytes({ anyOf: [text, { type: 'null' }] }), 64);
  assert.equal(bytes({ type: 'string' }), 6 * STRING_LENGTH_MAX);
  assert.equal(bytes({ type: 'array', items: text }), UNBOUNDED);
  assert.equal(bytes({}), UNBOUNDED);
});
