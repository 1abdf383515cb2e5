import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { ManualClock } from '../../domain/time/clock.ts';
import { createLogger } from '../../observability/log.ts';
import { ApiKeys, newApiKey, parseApiKey } from '../authentication/api-keys.ts';
import { Authenticator } from '../authentication/authenticate.ts';
import { admitting, jsonContent } from './endpoints.ts';

const READER = newApiKey('reader', 'validate');
const OPERATOR = newApiKey('operator', 'admin');

function authenticator(): Authenticator {
  const keys = new ApiKeys([READER, OPERATOR].map(({ configured }) => parseApiKey(configured)));
  return new Authenticator({ keys, clock: new ManualClock(), log: createLogger('silent') });
}

function requestWith(key: string | null): IncomingMessage {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  return { headers, rawHeaders: Object.entries(headers).flat(), socket: {} } as unknown as IncomingMessage;
}

test('an endpoint with a scope responds only to callers whose key has that scope', () => {
  const endpoint = admitting('admin', () => jsonContent('1'), authenticator());
  assert.throws(() => endpoint(requestWith(null)), { code: 'UNAUTHORIZED' });
  assert.throws(() => endpoint(requestWith(READER.key)), { code: 'FORBIDDEN' });
  assert.deepEqual(endpoint(requestWith(OPERATOR.key)), jsonContent('1'));
});

test('a public endpoint responds to everyone', () => {
  const endpoint = admitting('public', () => jsonContent('1'), authenticator());
  assert.deepEqual(endpoint(requestWith(null)), jsonContent('1'));
});
