import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigParams, Descriptor, type IReferences } from 'pip-services3-commons-nodex';
import { Container } from './container.ts';

const NAMES = ['a', 'b', 'c'];
const COMPONENTS = NAMES.map((name) => ({
  descriptor: new Descriptor('test', 'step', 'default', name, '1.0'),
  config: ConfigParams.fromTuples('name', name),
}));

/** Components that record the calls of their methods. The calls in `failing` fail. */
function steps(failing: (event: string) => boolean = () => false) {
  const events: string[] = [];
  const note = async (event: string) => {
    events.push(event);
    if (failing(event)) throw new Error(`${event} failed`);
  };
  const create = (locator: unknown) => {
    const name = (locator as Descriptor).getName();
    return {
      configure: (config: ConfigParams) => assert.equal(config.getAsString('name'), name),
      setReferences: (references: IReferences) => assert.equal(references.getAll().length, NAMES.length + 1),
      open: () => note(`open ${name}`),
      close: () => note(`close ${name}`),
    };
  };
  const factory = { canCreate: (locator: unknown) => locator, create };
  return { events, container: Container.create(COMPONENTS, [factory], () => {}) };
}

test('components are opened in the order of the file and closed in reverse', async () => {
  const { events, container } = steps();
  await container.open('123');
  await container.close('123');
  await container.close('123');
  assert.deepEqual(events, ['open a', 'open b', 'open c', 'close c', 'close b', 'close a']);
});

test('if a component cannot be opened, the ones before it are closed again', async () => {
  const { events, container } = steps((event) => event === 'open b');
  await assert.rejects(container.open('123'), /open b failed/);
  assert.deepEqual(events, ['open a', 'open b', 'close a']);
});

test('if a component cannot be closed, the others are closed nevertheless', async () => {
  const { events, container } = steps((event) => event === 'close c');
  await container.open('123');
  await assert.rejects(container.close('123'), /close c failed/);
  assert.deepEqual(events.slice(3), ['close c', 'close b', 'close a']);
});
