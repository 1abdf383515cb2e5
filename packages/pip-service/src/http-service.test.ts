import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { get } from 'node:https';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigParams, Descriptor, References } from 'pip-services3-commons-nodex';
import { ManualClock } from '../../service/src/domain/time/clock.ts';
import { SessionsController } from './controller.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import { SessionsHttpServiceV1 } from './http-service.ts';
import { SessionsMemoryPersistence } from './persistence/memory-persistence.ts';

const LOCAL = ['connection.protocol', 'http', 'connection.host', '127.0.0.1', 'connection.port', 0] as const;
const KEY_FILE = fileURLToPath(new URL('../../../testing/certificates/localhost.key.pem', import.meta.url));
const CRT_FILE = fileURLToPath(new URL('../../../testing/certificates/localhost.crt.pem', import.meta.url));

function descriptor(text: string): Descriptor {
  return Descriptor.fromString(text);
}

/** The three components with the descriptors of a group; not in the order of their dependencies. */
function wire(service: SessionsHttpServiceV1, group = 'pip-services-sessions', ...others: unknown[]): void {
  const clock = new ManualClock();
  const controller = new SessionsController(clock);
  const references = References.fromTuples(
    descriptor(`${group}:service:http:default:1.0`),
    service,
    descriptor(`${group}:controller:default:default:1.0`),
    controller,
    descriptor(`${group}:persistence:memory:default:1.0`),
    new SessionsMemoryPersistence(clock),
    ...others,
  );
  service.setReferences(references);
  controller.setReferences(references);
}

async function served(t: TestContext, settings: readonly unknown[] = LOCAL, ...others: unknown[]): Promise<string> {
  const service = new SessionsHttpServiceV1();
  service.configure(ConfigParams.fromTuples(...settings));
  wire(service, 'pip-services-sessions', ...others);
  await service.open(null);
  t.after(() => service.close(null));
  assert.ok(service.url);
  return service.url;
}

async function post(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

for (const group of ['pip-services-sessions', 'service-sessions']) {
  test(`components of the group ${group} are wired in any order and serve HTTP`, async (t) => {
    const service = new SessionsHttpServiceV1();
    service.configure(ConfigParams.fromTuples(...LOCAL));
    wire(service, group);
    assert.equal(service.isOpen(), false);
    await service.open(null);
    t.after(() => service.close(null));
    assert.equal(service.isOpen(), true);
    const opening = await post(`${service.url}/v1/sessions/open_session`, { user_id: '1', data: 'abc' });
    const opened = (await opening.json()) as { id: string };
    const found = await post(`${service.url}/v1/sessions/get_session_by_id`, { session_id: opened.id });
    assert.deepEqual(await found.json(), opened);
  });
}

test('/status lists the wired components', async (t) => {
  const status = (await (await fetch(`${await served(t)}/status`)).json()) as Record<string, unknown>;
  assert.equal(status.name, 'sessions');
  assert.deepEqual(status.components, [
    'pip-services-sessions:service:http:default:1.0',
    'pip-services-sessions:controller:default:default:1.0',
    'pip-services-sessions:persistence:memory:default:1.0',
  ]);
});

test('port 0 takes a free port, which `port` returns until the service is closed', async () => {
  const service = new SessionsHttpServiceV1();
  service.configure(ConfigParams.fromTuples(...LOCAL));
  wire(service);
  await service.open(null);
  assert.equal(service.url, `http://127.0.0.1:${service.port}`);
  assert.ok(service.port);
  await service.close(null);
  assert.deepEqual([service.url, service.port, service.isOpen()], [null, null, false]);
});

test('connection.uri and base_route determine the URLs of the commands', async (t) => {
  const url = await served(t, ['connection.uri', 'http://127.0.0.1:0', 'base_route', '/api/users/']);
  assert.equal((await post(`${url}/api/users/open_session`, { user_id: '1' })).status, 200);
  assert.equal((await post(`${url}/v1/sessions/open_session`, { user_id: '1' })).status, 404);
});

test('settings that the service does not have come from the shared endpoint', async (t) => {
  const endpoint = new HttpEndpoint();
  endpoint.configure(ConfigParams.fromTuples(...LOCAL, 'cors_origins', 'https://app.example.com'));
  const url = await served(t, [], descriptor('pip-services:endpoint:http:default:1.0'), endpoint);
  assert.match(url, /^http:\/\/127\.0\.0\.1:/);
  const answer = await fetch(`${url}/heartbeat`, { headers: { origin: 'https://app.example.com' } });
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example.com');
});

test('the service’s own connection overrides the shared endpoint’s as a whole', async (t) => {
  const endpoint = new HttpEndpoint();
  endpoint.configure(ConfigParams.fromTuples('connection.uri', 'https://192.0.2.1:443'));
  const url = await served(t, LOCAL, descriptor('pip-services:endpoint:http:default:1.0'), endpoint);
  assert.match(url, /^http:\/\/127\.0\.0\.1:/);
});

test('fault 10: no page of another origin may call unless cors_origins lists it', async (t) => {
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  };
  for (const settings of [LOCAL, [...LOCAL, 'cors_origins', 'https://a.example, https://b.example']]) {
    const answer = await fetch(`${await served(t, settings)}/v1/sessions/open_session`, preflight);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  }
});

test('https is served with the key and the certificate of the files', async (t) => {
  const tls = ['credential.ssl_key_file', KEY_FILE, 'credential.ssl_crt_file', CRT_FILE];
  const url = await served(t, [...LOCAL, 'connection.protocol', 'https', ...tls]);
  assert.match(url, /^https:/);
  const status = await new Promise((resolve, reject) => {
    const options = { ca: readFileSync(CRT_FILE), servername: 'localhost', agent: false };
    get(`${url}/heartbeat`, options, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  assert.equal(status, 200);
});

const REFUSED: readonly (readonly [key: string, settings: readonly unknown[]])[] = [
  ['connection.protocol', ['connection.protocol', 'ftp']],
  ['connection.port', ['connection.port', 'eighty']],
  ['connection.uri', ['connection.uri', '127.0.0.1']],
  ['credential.ssl_key_file', ['connection.protocol', 'https']],
  ['credential.ssl_crt_file', ['connection.protocol', 'https', 'credential.ssl_key_file', KEY_FILE]],
  ['credential.ssl_key_file', ['connection.protocol', 'https', 'credential.ssl_key_file', '/nowhere/key.pem']],
  ['cors_origins', [...LOCAL, 'cors_origins', '*']],
  ['allowed_hosts', [...LOCAL, 'allowed_hosts', '*']],
];

for (const [key, settings] of REFUSED) {
  test(`bad settings are rejected with their key: ${settings.slice(-2).join(' ')}`, async () => {
    const service = new SessionsHttpServiceV1();
    service.configure(ConfigParams.fromTuples(...settings));
    wire(service);
    await assert.rejects(service.open(null), {
      category: 'Misconfiguration',
      message: new RegExp(`^${key.replace('.', '\\.')} `),
    });
    assert.equal(service.isOpen(), false);
  });
}

test('[K-02] a network address needs open_to_network or client certificates', async (t) => {
  const anywhere = [...LOCAL, 'connection.host', '0.0.0.0'];
  const refused = new SessionsHttpServiceV1();
  refused.configure(ConfigParams.fromTuples(...anywhere));
  wire(refused);
  await assert.rejects(refused.open(null), { message: /^connection\.host is 0\.0\.0\.0, .*open_to_network/ });
  assert.equal(refused.isOpen(), false);
  assert.match(await served(t, [...anywhere, 'open_to_network', true]), /^http:\/\/0\.0\.0\.0:/);
  const tls = ['credential.ssl_key_file', KEY_FILE, 'credential.ssl_crt_file', CRT_FILE];
  const https = [...anywhere, 'connection.protocol', 'https', ...tls];
  assert.match(await served(t, [...https, 'credential.ssl_ca_file', CRT_FILE]), /^https:\/\/0\.0\.0\.0:/);
  const withoutCa = new SessionsHttpServiceV1();
  withoutCa.configure(ConfigParams.fromTuples(...https));
  wire(withoutCa);
  await assert.rejects(withoutCa.open(null), { message: /^connection\.host/ });
});

test('allowed_hosts lists the host names of the component', async (t) => {
  const statusFor = async (url: string, host: string) => {
    const sent = request(`${url}/heartbeat`, { headers: { host }, agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  const url = await served(t);
  const named = await served(t, [...LOCAL, 'allowed_hosts', 'sessions, *.internal']);
  assert.equal(await statusFor(url, 'sessions:8080'), 403);
  assert.deepEqual(
    await Promise.all(['sessions:8080', 'a.internal'].map((host) => statusFor(named, host))),
    [200, 200],
  );
});

test('an address in use is reported, and the service can be opened again later', async (t) => {
  const taken = await served(t);
  const service = new SessionsHttpServiceV1();
  service.configure(ConfigParams.fromTuples('connection.uri', taken));
  wire(service);
  await assert.rejects(service.open('123'), { code: 'CANNOT_CONNECT', message: new RegExp(taken) });
  service.configure(ConfigParams.fromTuples('connection.uri', 'http://127.0.0.1:0'));
  await service.open(null);
  await service.close(null);
});

test('dependencies.controller selects a controller and must locate one', async () => {
  const service = new SessionsHttpServiceV1();
  service.configure(ConfigParams.fromTuples(...LOCAL, 'dependencies.controller', 'mine:controller:*:*:*'));
  assert.throws(() => wire(service), { code: 'REF_ERROR', message: /mine:controller/ });
  const mine = descriptor('mine:controller:custom:default:1.0');
  assert.throws(() => wire(service, 'service-sessions', mine, {}), { message: /dependencies\.controller/ });
  wire(service, 'service-sessions', mine, new SessionsController());
  await assert.rejects(service.open(null), { code: 'NOT_WIRED', message: /has no persistence/ });
});

test('a service that is not wired throws a clear error', async () => {
  await assert.rejects(new SessionsHttpServiceV1().open(null), { code: 'NOT_WIRED' });
});
