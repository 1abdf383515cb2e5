import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigException, ConfigParams } from 'pip-services3-commons-nodex';
import { toCallOptions } from './http-connection.ts';
import { SessionsHttpClientV1 } from './index.ts';

function read(...tuples: unknown[]) {
  return toCallOptions(ConfigParams.fromTuples(...tuples), '123');
}

test("the toolkit's connection keys set the address, with default options", () => {
  assert.deepEqual(read('connection.host', 'sessions', 'connection.port', 8080), {
    url: 'http://sessions:8080',
    base_route: 'v1/sessions',
    timeout_ms: 10_000,
    retries: 3,
    correlation_id: 'query',
  });
  assert.equal(read('connection.host', '::1', 'connection.port', 80).url, 'http://[::1]:80');
  const https = ['connection.protocol', 'https', 'connection.host', 'sessions', 'connection.port', '443'];
  assert.equal(read(...https).url, 'https://sessions:443');
});

test('connection.uri takes precedence over host and port', () => {
  const { url } = read('connection.uri', 'https://gateway/sessions', 'connection.host', 'x', 'connection.port', 1);
  assert.equal(url, 'https://gateway/sessions');
});

test('the older name of options.correlation_id is understood', () => {
  const host = ['connection.uri', 'http://sessions:8080'];
  assert.equal(read(...host, 'options.correlation_id_place', 'headers').correlation_id, 'headers');
});

const HOST = ['connection.host', 'sessions', 'connection.port', 8080];
const WRONG: readonly [string, string, unknown[]][] = [
  ['NO_HOST', 'connection.host', []],
  ['NO_DISCOVERY', 'connection.discovery_key', ['connection.discovery_key', 'sessions']],
  ['WRONG_HOST', 'connection.host', ['connection.host', 'http://sessions', 'connection.port', 8080]],
  ['NO_PORT', 'connection.port', ['connection.host', 'sessions']],
  ['WRONG_NUMBER', 'connection.port', ['connection.host', 'sessions', 'connection.port', 'eighty']],
  ['WRONG_NUMBER', 'connection.port', ['connection.host', 'sessions', 'connection.port', 65_536]],
  ['WRONG_PROTOCOL', 'connection.protocol', [...HOST, 'connection.protocol', 'tcp']],
  ['WRONG_URI', 'connection.uri', ['connection.uri', 'sessions:8080']],
  ['WRONG_URI', 'connection.uri', ['connection.uri', 'http://user:secret@sessions:8080']],
  ['WRONG_NUMBER', 'options.timeout', [...HOST, 'options.timeout', '10s']],
  ['WRONG_NUMBER', 'options.connect_timeout', [...HOST, 'options.connect_timeout', 0]],
  ['WRONG_NUMBER', 'options.retries', [...HOST, 'options.retries', -1]],
  ['WRONG_PLACE', 'options.correlation_id', [...HOST, 'options.correlation_id', 'cookie']],
];

for (const [code, key, tuples] of WRONG) {
  test(`open names the key that is missing or wrong: ${JSON.stringify(tuples)}`, async () => {
    const client = new SessionsHttpClientV1();
    client.configure(ConfigParams.fromTuples(...tuples));
    await assert.rejects(client.open('123'), (error: unknown) => {
      assert.ok(error instanceof ConfigException);
      assert.deepEqual([error.code, error.correlation_id], [code, '123']);
      assert.ok(error.message.startsWith(key));
      assert.equal(error.details.getAsString('key'), key);
      assert.ok(!error.message.includes('secret'), 'a password is not repeated');
      return true;
    });
    assert.equal(client.isOpen(), false);
  });
}
