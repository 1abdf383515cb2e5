import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startV2 } from './fixtures/start.ts';
import { revisionsOf } from './if-match.ts';

test('a tag that a proxy made weak or marked as compressed still has its revision', async (t) => {
  const { open, send } = await startV2(t);
  const { session } = await open();
  const path = `PUT /v2/sessions/${session.id}/data`;
  for (const [revision, tag] of ['W/"1"', '"2-gzip"', 'W/"3-br"', '*'].entries()) {
    const { status, headers } = await send(path, { body: revision, headers: { 'if-match': tag } });
    assert.deepEqual([status, headers.get('etag')], [200, `"${revision + 2}"`], tag);
  }
  const { status, body } = await send(path, { body: 0, headers: { 'if-match': 'W/"1"' } });
  assert.deepEqual([status, body.code], [412, 'REVISION_CONFLICT']);
});

test('one of several tags must be that of the session', async (t) => {
  const { open, send } = await startV2(t);
  const { session } = await open();
  const path = `PATCH /v2/sessions/${session.id}/data`;
  const patch = (tags: string) => send(path, { body: {}, headers: { 'if-match': tags } });
  assert.equal((await patch('"7", "1" , W/"3"')).status, 200);
  assert.deepEqual((await patch('"1", "foreign", "7"')).body.details, { revision: 2 });
  assert.equal((await patch('"foreign,with-a-comma", "2"')).status, 200);
});

test('If-Match may list tags in any order', () => {
  assert.deepEqual(revisionsOf('"10",W/"9" ,"x"'), [9, 10]);
  assert.equal(revisionsOf(' * '), undefined);
  for (const header of ['3', '"3', 'w/"3"', '"3" "4"', '"x"', ', "3"']) {
    assert.throws(() => revisionsOf(header), { code: 'INVALID_DATA' }, header);
  }
});
