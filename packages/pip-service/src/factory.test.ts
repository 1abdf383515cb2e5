import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Descriptor } from 'pip-services3-commons-nodex';
import { SessionsController } from './controller.ts';
import { SessionsServiceFactory } from './factory.ts';
import { SessionsHttpServiceV1 } from './http-service.ts';
import { SessionsFilePersistence } from './persistence/file-persistence.ts';
import { SessionsMemoryPersistence } from './persistence/memory-persistence.ts';

const COMPONENTS = [
  ['persistence:memory', SessionsMemoryPersistence],
  ['persistence:file', SessionsFilePersistence],
  ['controller:default', SessionsController],
  ['service:http', SessionsHttpServiceV1],
  ['service:commandable-http', SessionsHttpServiceV1],
] as const;

for (const group of ['pip-services-sessions', 'service-sessions']) {
  test(`the factory creates every component of the group ${group} under any name`, () => {
    const factory = new SessionsServiceFactory();
    for (const [part, type] of COMPONENTS) {
      const locator = Descriptor.fromString(`${group}:${part}:mine:1.0`);
      assert.ok(factory.canCreate(locator) instanceof Descriptor, part);
      const component = factory.create(locator);
      assert.ok(component instanceof type, part);
      assert.notEqual(factory.create(locator), component);
    }
  });
}

test('wildcards match the component', () => {
  const factory = new SessionsServiceFactory();
  assert.ok(factory.create(Descriptor.fromString('*:controller:*:*:*')) instanceof SessionsController);
});

test('an unknown component is null in canCreate and a clear error in create', () => {
  const factory = new SessionsServiceFactory();
  for (const text of ['service-sessions:persistence:mongodb:default:1.0', 'other:controller:default:default:1.0']) {
    const locator = Descriptor.fromString(text);
    assert.equal(factory.canCreate(locator), null);
    assert.throws(() => factory.create(locator), { code: 'CANNOT_CREATE', message: new RegExp(text) });
  }
  assert.equal(factory.canCreate(null), null);
  assert.equal(factory.canCreate('controller'), null);
});
