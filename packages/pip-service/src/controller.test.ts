import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import {
  ConfigParams,
  ConflictException,
  Descriptor,
  FilterParams,
  PagingParams,
  Parameters,
  References,
} from 'pip-services3-commons-nodex';
import { COMMANDS } from '../../service/src/api/v1/commands.ts';
import { ManualClock } from '../../service/src/domain/time/clock.ts';
import { SessionsController } from './controller.ts';
import { SessionsMemoryPersistence } from './persistence/memory-persistence.ts';

const PERSISTENCE = new Descriptor('pip-services-sessions', 'persistence', 'memory', 'default', '1.0');

function wired(...options: unknown[]) {
  const clock = new ManualClock();
  const controller = new SessionsController(clock);
  controller.configure(ConfigParams.fromTuples(...options));
  controller.setReferences(References.fromTuples(PERSISTENCE, new SessionsMemoryPersistence(clock)));
  return { clock, controller };
}

test('a session can be opened, read, changed and closed, with times as dates', async () => {
  const { clock, controller } = wired();
  const opened = await controller.openSession('123', '1', 'User 1', 'localhost', 'test', { a: 1 }, 'abc');
  assert.deepEqual(opened.open_time, new Date(clock.now()));
  assert.equal('close_time' in opened, false);
  clock.advance(1000);
  const stored = await controller.storeSessionData(null, opened.id, [1]);
  assert.deepEqual(stored, { ...opened, request_time: new Date(clock.now()), data: [1] });
  const updated = await controller.updateSessionUser(null, opened.id, 'u');
  assert.equal(updated?.user, 'u');
  assert.deepEqual(await controller.getSessionById(null, opened.id), updated);
  const closed = await controller.closeSession(null, opened.id);
  assert.deepEqual(closed?.close_time, new Date(clock.now()));
  assert.deepEqual(await controller.deleteSessionById(null, opened.id), closed);
  assert.equal(await controller.getSessionById(null, opened.id), null);
});

test('lists support the toolkit’s filters and pages', async () => {
  const { clock, controller } = wired();
  const first = await controller.openSession(null, '1');
  clock.advance(1000);
  await controller.openSession(null, '2');
  const from = new Date(clock.now());
  const page = await controller.getSessions(
    null,
    FilterParams.fromTuples('to_time', from),
    new PagingParams(0, 10, true),
  );
  assert.equal(page.total, 1);
  assert.deepEqual(page.data[0]?.id, first.id);
  assert.equal((await controller.getSessions(null)).data.length, 2);
  const plain = { user_id: 2, from_time: from } as unknown as FilterParams;
  assert.equal((await controller.getSessions(null, plain)).data.length, 1);
});

test('fault 8: callers do not share objects with the service', async () => {
  const { controller } = wired();
  const data = { items: ['a'] };
  const opened = await controller.openSession(null, '1', null, null, null, null, data);
  data.items.push('b');
  (opened.data as typeof data).items.push('c');
  assert.deepEqual((await controller.getSessionById(null, opened.id))?.data, { items: ['a'] });
});

test('fault 2: changing an ended session is rejected with a ConflictException', async () => {
  const { controller } = wired();
  const { id } = await controller.openSession(null, '1');
  await controller.closeSession(null, id);
  await assert.rejects(controller.storeSessionData('123', id, 1), (error: ConflictException) => {
    assert.ok(error instanceof ConflictException);
    assert.deepEqual([error.code, error.status, error.correlation_id], ['SESSION_CLOSED', 409, '123']);
    return true;
  });
});

test('the controller rejects what the HTTP service rejects', async () => {
  const { controller } = wired();
  const badRequest = { code: 'INVALID_DATA', category: 'BadRequest', status: 400 };
  await assert.rejects(controller.openSession(null, ''), { ...badRequest, message: /user_id/ });
  await assert.rejects(controller.openSession(null, 5 as unknown as string), { ...badRequest, message: /user_id/ });
  await assert.rejects(controller.storeSessionData(null, 'a', undefined), { ...badRequest, message: /data/ });
  await assert.rejects(controller.openSession(null, '1', null, null, null, 1n), badRequest);
});

test('options.expire_timeout ends an inactive session, also without a sweep', async () => {
  const { clock, controller } = wired('options.expire_timeout', 1000);
  const { id } = await controller.openSession(null, '1');
  clock.advance(1000);
  assert.equal((await controller.getSessionById(null, id))?.active, false);
});

test('options.cleanup_interval closes expired sessions while open; 0 disables it', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    for (const [interval, swept] of [
      [500, 1],
      [0, 0],
    ] as const) {
      const clock = new ManualClock();
      const persistence = new SessionsMemoryPersistence(clock);
      const expire = mock.method(persistence.store, 'expire');
      const controller = new SessionsController(clock);
      controller.configure(ConfigParams.fromTuples('options.cleanup_interval', interval));
      controller.setReferences(References.fromTuples(PERSISTENCE, persistence));
      assert.equal(controller.isOpen(), false);
      await controller.open(null);
      assert.equal(controller.isOpen(), true);
      mock.timers.tick(500);
      await controller.close(null);
      assert.equal(controller.isOpen(), false);
      mock.timers.tick(500);
      assert.equal(expire.mock.callCount(), swept);
    }
  } finally {
    mock.timers.reset();
  }
});

test('the command set has and runs every command of API v1', async () => {
  const { controller } = wired();
  const commands = controller.getCommandSet();
  assert.deepEqual(
    commands.getCommands().map((command) => command.getName()),
    COMMANDS.map(({ name }) => name),
  );
  const request = Parameters.fromTuples('user_id', '1', 'user_name', 'User 1', 'data', { a: [1] });
  const opened = await commands.execute('123', 'open_session', request);
  assert.ok(opened.open_time instanceof Date);
  const found = await commands.execute(
    null as unknown as string,
    'get_session_by_id',
    Parameters.fromTuples('session_id', opened.id),
  );
  assert.deepEqual(found, opened);
  const page = await commands.execute('123', 'get_sessions', new Parameters());
  assert.equal(page.data.length, 1);
  assert.equal(await commands.execute('123', 'close_expired_sessions', new Parameters()), null);
  await assert.rejects(commands.execute('123', 'close_session', Parameters.fromTuples('session_id', '')), {
    code: 'INVALID_DATA',
    category: 'BadRequest',
  });
});

test('[B-03] in-process calls reject values that are too deep or too large for a body', async () => {
  const { controller } = wired();
  const deep: unknown = JSON.parse('['.repeat(201) + ']'.repeat(201));
  for (const data of [deep, JSON.parse('{"__proto__":1}')]) {
    const refused = { code: 'InvalidContent', category: 'BadRequest', status: 400 };
    await assert.rejects(controller.openSession(null, '1', null, null, null, null, data), refused);
  }
  const large = 'x'.repeat(1_048_576);
  await assert.rejects(controller.openSession(null, '1', null, null, null, null, large), { code: 'BODY_TOO_LARGE' });
});

test('bad settings are rejected with their key', () => {
  for (const [key, value] of [
    ['options.expire_timeout', 0],
    ['options.cleanup_interval', '15m'],
  ] as const) {
    const config = ConfigParams.fromTuples(key, value);
    assert.throws(() => new SessionsController().configure(config), {
      code: 'INVALID_CONFIG',
      message: new RegExp(key),
    });
  }
});

test('a controller without a persistence throws a clear error', async () => {
  const controller = new SessionsController();
  await assert.rejects(controller.getSessionById(null, 'a'), { code: 'NOT_WIRED', category: 'InvalidState' });
  await assert.rejects(controller.open(null), { code: 'NOT_WIRED' });
  assert.throws(() => controller.setReferences(new References()), {
    code: 'REF_ERROR',
    message: /pip-services-sessions/,
  });
  assert.throws(() => controller.setReferences(References.fromTuples(PERSISTENCE, {})), {
    message: /dependencies\.persistence/,
  });
});
