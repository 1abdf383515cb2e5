import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Descriptor, References } from 'pip-services3-commons-nodex';
import {
  SessionsClientFactory,
  SessionsDirectClientV1,
  SessionsHttpClientV1,
  SessionsMemoryClientV1,
  SessionsNullClientV1,
} from './index.ts';

const CLIENTS = {
  http: SessionsHttpClientV1,
  'commandable-http': SessionsHttpClientV1,
  direct: SessionsDirectClientV1,
  null: SessionsNullClientV1,
  memory: SessionsMemoryClientV1,
  mock: SessionsMemoryClientV1,
};

for (const group of ['pip-services-sessions', 'service-sessions']) {
  for (const [kind, Client] of Object.entries(CLIENTS)) {
    test(`a container gets its client for ${group}:client:${kind}:default:1.0`, () => {
      const factory = new SessionsClientFactory();
      const locator = new Descriptor(group, 'client', kind, 'default', '1.0');
      assert.equal(factory.canCreate(locator)?.toString(), `${group}:client:${kind}:*:1.0`);
      const client = factory.create(locator);
      assert.ok(client instanceof Client);
      assert.notEqual(factory.create(locator), client, 'each is a new one');
      const references = References.fromTuples(locator, client);
      assert.equal(references.getOneRequired(new Descriptor('*', 'client', '*', '*', '1.0')), client);
    });
  }
}

test('a locator with * as its kind gets the HTTP client', () => {
  const client = new SessionsClientFactory().create(new Descriptor('*', 'client', '*', '*', '*'));
  assert.ok(client instanceof SessionsHttpClientV1);
});

test('an unknown locator is null, so that a container asks the next factory', () => {
  const factory = new SessionsClientFactory();
  const unknown = [
    new Descriptor('pip-services-sessions', 'client', 'grpc', 'default', '1.0'),
    new Descriptor('pip-services-sessions', 'client', 'http', 'default', '2.0'),
    new Descriptor('pip-services-sessions', 'service', 'http', 'default', '1.0'),
    new Descriptor('another', 'client', 'http', 'default', '1.0'),
    'pip-services-sessions:client:http:default:1.0',
    null,
    undefined,
  ];
  for (const locator of unknown) {
    assert.equal(factory.canCreate(locator), null);
    assert.equal(factory.create(locator), null);
  }
});
