import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { onFreePorts } from '../../../../../../testing/servers/free-port.ts';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { NOW } from '../../conformance/fixtures.ts';
import { redisStoreConfig } from '../config.ts';
import { ownSession, withStore } from '../fixtures/nodes.ts';
import { RedisStore } from '../store.ts';

const CERT = fileURLToPath(new URL('../../../../../../testing/certificates/localhost.crt.pem', import.meta.url));
const KEY = fileURLToPath(new URL('../../../../../../testing/certificates/localhost.key.pem', import.meta.url));

describe('redis over TLS', { skip: missingRedis() ?? false }, () => {
  let server: RedisServer;
  before(async () => {
    const tls = {
      bind: '127.0.0.1 127.0.0.2',
      'tls-cert-file': CERT,
      'tls-key-file': KEY,
      'tls-ca-cert-file': CERT,
      'tls-auth-clients': 'optional',
    };
    // The tests use its plain port to check that it has started.
    server = await onFreePorts(2, ([port = 0, other = 0]) =>
      RedisServer.start({ port, settings: { ...tls, 'tls-port': String(other) } }).then((started) => {
        tls_port = other;
        return started;
      }),
    );
  });
  after(() => server.remove());
  let tls_port = 0;

  /** Why a start with this URL fails. It must fail long before its timeout. */
  async function refusal(url: string): Promise<string> {
    const config = { ...redisStoreConfig(url, { retention_ms: null }), open_timeout_ms: 60_000 };
    const store = new RedisStore(config);
    const error = await store.open().then(
      () => null,
      (reason: Error & { readonly code: string }) => reason,
    );
    await store.close();
    assert.equal(error?.code, 'STORE_UNUSABLE');
    return error?.message ?? '';
  }

  test('redis: a store works over TLS with the certificate of the authority', async () => {
    for (const own of ['', `&tls_cert=${CERT}&tls_key=${KEY}`]) {
      await withStore(`rediss://localhost:${tls_port}?tls_ca=${CERT}${own}`, async (store) => {
        const session = ownSession('u');
        await store.insert(session, null, NOW);
        assert.equal((await store.find(session.id))?.id, session.id);
      });
    }
  });

  test('redis: an untrusted certificate, a wrong name or a plain port fails the start', async () => {
    assert.match(await refusal(`rediss://localhost:${tls_port}`), /not signed by a trusted authority/);
    assert.match(await refusal(`rediss://127.0.0.2:${tls_port}?tls_ca=${CERT}`), /for another host name/);
    assert.match(await refusal(`rediss://localhost:${server.port}?tls_ca=${CERT}`), /does not use TLS/);
  });

  test('redis: an error names the TLS parameter that cannot be used', () => {
    const cases: [string, RegExp][] = [
      ['redis://h?tls_ca=/x.pem', /"tls_ca", which needs TLS/],
      ['rediss://h?tls_ca=/x.pem', /"tls_ca" that cannot be read: .*\/x\.pem/],
      [`rediss://h?tls_cert=${CERT}`, /only one of "tls_cert" and "tls_key"/],
    ];
    for (const [url, message] of cases) {
      assert.throws(() => redisStoreConfig(url, { retention_ms: null }), { code: 'INVALID_CONFIG', message });
    }
  });
});
