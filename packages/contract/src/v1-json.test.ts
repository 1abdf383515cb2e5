import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORIGINAL_SESSION } from '../../client/test/scripted-service.ts';
import { pageFromJson, sessionFromJson } from './v1-json.ts';

test('the year 1 as close_time, from a service in Go, does not close a session', () => {
  const session = sessionFromJson({ ...ORIGINAL_SESSION, close_time: '0001-01-01T00:00:00Z' });
  assert.equal('close_time' in session, false);
});

test('properties that a service omits are null', () => {
  const { user_name: _1, address: _2, client: _3, user: _4, data: _5, ...rest } = ORIGINAL_SESSION;
  const { user_name, address, client, user, data } = sessionFromJson({ ...rest, close_time: null });
  assert.deepEqual(
    { user_name, address, client, user, data },
    { user_name: null, address: null, client: null, user: null, data: null },
  );
});

test('a session without a user, from the original, does not fail its page', () => {
  const page = pageFromJson({ total: null, data: [{ ...ORIGINAL_SESSION, user_id: null }, ORIGINAL_SESSION] });
  assert.deepEqual(
    page.data.map(({ user_id }) => user_id),
    ['', '1'],
  );
});

test('any JSON value is kept as data and user', () => {
  for (const value of [0, false, '', [], {}, 'x']) {
    const { user, data } = sessionFromJson({ ...ORIGINAL_SESSION, user: value, data: value });
    assert.deepEqual([user, data], [value, value]);
  }
});

test('JSON that is not a session throws an error that names the property', () => {
  assert.throws(() => sessionFromJson(null), /not an object/);
  assert.throws(() => sessionFromJson({}), /active is not a boolean/);
  assert.throws(() => sessionFromJson({ ...ORIGINAL_SESSION, id: 7 }), /id is not a string/);
  assert.throws(() => sessionFromJson({ ...ORIGINAL_SESSION, open_time: 'soon' }), /open_time is not a time/);
  assert.throws(() => pageFromJson({ total: 1 }), /data is not an array/);
  assert.throws(() => pageFromJson({ total: 1, data: [1] }), /not an object/);
});
