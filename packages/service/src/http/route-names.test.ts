import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RouteNames } from './route-names.ts';

const names = new RouteNames(['/v2/sessions', '/v2/sessions/{id}/data', '/livez']);

test('[ASVS-16.2.5] a logged path contains only words of the routes', () => {
  for (const [url, name] of [
    ['/livez', '/livez'],
    ['/v2/sessions/3a7f/data?token=ps_1', '/v2/sessions/…/data'],
    ['/v2/sessions/ps%5f3a7f', '/v2/sessions/…'],
    ['/V2/sessions/psk_x', '/…/sessions/…'],
    ['/v2/sessions/data/data', '/v2/sessions/data/data'],
    ['http://a/livez', '…//…/livez'],
    ['*', '…'],
    ['', ''],
    [undefined, ''],
    ['/a'.repeat(1_000), '/…/…/…/…/…/…/…'],
  ] as const) {
    assert.equal(names.of(url), name, `${url}`);
  }
});
