import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actorSession, crossSiteRequest, sessionRequired, sessionsUnavailable, stepUpRequired } from './rejections.ts';

test('a rejection has the properties of http-errors', () => {
  for (const rejection of [
    crossSiteRequest(),
    actorSession(),
    sessionRequired(null),
    stepUpRequired({}),
    sessionsUnavailable(5, null),
  ]) {
    const { status, statusCode, expose } = rejection;
    assert.ok(rejection instanceof Error);
    assert.equal(statusCode, status);
    assert.equal(expose, status < 500);
  }
  assert.equal(sessionRequired('bearer').headers['www-authenticate'], 'Bearer error="invalid_token"');
  assert.equal(sessionsUnavailable(5, null).headers['retry-after'], '5');
});
