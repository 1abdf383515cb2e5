import assert from 'node:assert/strict';
import { test } from 'node:test';
import { session } from '../../conformance/fixtures.ts';
import { fromText, toText } from './session-codec.ts';

test('redis: a session with properties of a newer version is not read', () => {
  const text = toText(session('id'));
  assert.deepEqual(fromText('id', text).session, session('id'));
  const newer = `${text.slice(0, -1)},"restriction"]`;
  assert.throws(() => fromText('id', newer), { code: 'STORE_UNAVAILABLE' });
});

test('redis: a session of a version without the last properties has null for them', () => {
  const text = toText(session('id'));
  const older = text.replace(/(,null){4}\]$/, ']');
  assert.notEqual(older, text);
  assert.deepEqual(fromText('id', older).session, session('id'));
});
