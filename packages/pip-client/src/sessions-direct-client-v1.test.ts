import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConfigParams,
  ConnectionException,
  Descriptor,
  type FilterParams,
  InvalidStateException,
  type PagingParams,
  References,
} from 'pip-services3-commons-nodex';
import { SessionsDirectClientV1, SessionsMemoryClientV1 } from './index.ts';

function controllerAt(group: string, name = 'default') {
  const controller = new SessionsMemoryClientV1();
  return { controller, descriptor: new Descriptor(group, 'controller', 'default', name, '1.0') };
}

for (const group of ['pip-services-sessions', 'service-sessions']) {
  test(`a controller of the group ${group} is found and called`, async () => {
    const { controller, descriptor } = controllerAt(group);
    const client = new SessionsDirectClientV1();
    client.setReferences(References.fromTuples(descriptor, controller));
    await client.open(null);
    const session = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc');
    assert.deepEqual(await controller.getSessionById(null, session.id), session);
    assert.equal((await client.storeSessionData(null, session.id, 0))?.data, 0);
    assert.equal((await client.updateSessionUser(null, session.id, 'x'))?.user, 'x');
    assert.equal((await client.getSessions(null)).data.length, 1);
    assert.equal((await client.closeSession(null, session.id))?.active, false);
    assert.equal(await client.closeExpiredSessions(null), undefined);
    assert.equal((await client.deleteSessionById(null, session.id))?.id, session.id);
    assert.equal(await client.getSessionById(null, session.id), null);
  });
}

test('dependencies.controller selects the controller', async () => {
  const first = controllerAt('pip-services-sessions', 'first');
  const second = controllerAt('pip-services-sessions', 'second');
  const client = new SessionsDirectClientV1();
  client.configure(ConfigParams.fromTuples('dependencies.controller', '*:controller:*:first:1.0'));
  client.setReferences(References.fromTuples(first.descriptor, first.controller, second.descriptor, second.controller));
  const { id } = await client.openSession(null, '1');
  assert.notEqual(await first.controller.getSessionById(null, id), null);
});

test("the controller gets the toolkit's classes, and its undefined becomes null", async () => {
  const seen: unknown[] = [];
  const older = {
    getSessions: async (_correlationId: string, filter: FilterParams, paging: PagingParams) => {
      seen.push(filter.getAsNullableBoolean('active'), paging.getTake(100));
      return { total: null, data: [] };
    },
    getSessionById: async () => undefined,
  };
  const client = new SessionsDirectClientV1();
  client.setReferences(
    References.fromTuples(new Descriptor('service-sessions', 'controller', 'default', '*', '1.0'), older),
  );
  await client.getSessions(null, { active: true });
  assert.deepEqual(seen, [true, 100]);
  assert.equal(await client.getSessionById(null, 'x'), null);
});

test('without a controller, setReferences throws and open rejects', async () => {
  const client = new SessionsDirectClientV1();
  const other = new Descriptor('another', 'controller', 'default', 'default', '1.0');
  assert.throws(() => client.setReferences(References.fromTuples(other, {})), { code: 'REF_ERROR' });
  assert.equal(client.isOpen(), false);
  await assert.rejects(client.open(null), ConnectionException);
});

test('calls without a controller and after close reject', async () => {
  const { controller, descriptor } = controllerAt('service-sessions');
  const client = new SessionsDirectClientV1();
  await assert.rejects(client.getSessionById(null, 'x'), InvalidStateException);
  client.setReferences(References.fromTuples(descriptor, controller));
  assert.equal(client.isOpen(), true);
  await client.close(null);
  await assert.rejects(client.getSessionById(null, 'x'), InvalidStateException);
  await client.open(null);
  client.unsetReferences();
  await assert.rejects(client.getSessionById(null, 'x'), InvalidStateException);
});
