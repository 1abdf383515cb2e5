import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigParams, Descriptor, References } from 'pip-services3-commons-nodex';
import { ManualClock } from '../../../service/src/domain/time/clock.ts';
import { SessionsController } from '../controller.ts';
import { SessionsFilePersistence } from './file-persistence.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-file-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function newPath(): string {
  files += 1;
  return join(folder, `${files}.json`);
}

/** An entry as the microservice writes it: without a timeout, times as strings. */
const ORIGINAL = {
  id: 'original',
  user_id: '1',
  user_name: 'User 1',
  active: true,
  open_time: '2026-01-01T10:00:00.000Z',
  request_time: '2026-01-01T11:00:00.000Z',
  address: 'localhost',
  client: 'test',
  user: { roles: ['a'] },
  data: 'abc',
};
const LAST_ACTIVITY = Date.parse(ORIGINAL.request_time);

/** A persistence that is configured, referenced and then opened, as in the container. */
async function start(path: string, clock: ManualClock, ...options: unknown[]) {
  const persistence = new SessionsFilePersistence('', clock);
  persistence.configure(ConfigParams.fromTuples('path', path));
  const controller = new SessionsController(clock);
  controller.configure(ConfigParams.fromTuples(...options));
  const descriptor = new Descriptor('service-sessions', 'persistence', 'file', 'default', '1.0');
  controller.setReferences(References.fromTuples(descriptor, persistence));
  await persistence.open(null);
  return { controller, persistence };
}

test('a file of the microservice can be used unchanged', async () => {
  const path = newPath();
  writeFileSync(path, JSON.stringify([ORIGINAL]));
  const { controller, persistence } = await start(path, new ManualClock(LAST_ACTIVITY));
  const { open_time, request_time, ...rest } = ORIGINAL;
  const times = { open_time: new Date(open_time), request_time: new Date(request_time) };
  assert.deepEqual(await controller.getSessionById(null, 'original'), { ...rest, ...times });
  await persistence.close(null);
});

test('fault 7: sessions can still be closed after a restart, also by their timeout', async () => {
  const path = newPath();
  const clock = new ManualClock(LAST_ACTIVITY);
  writeFileSync(path, JSON.stringify([ORIGINAL]));
  const first = await start(path, clock);
  const opened = await first.controller.openSession(null, '2', 'User 2', null, null, 0, '');
  await first.persistence.close(null);

  const second = await start(path, clock);
  assert.deepEqual(await second.controller.getSessionById(null, opened.id), opened);
  assert.equal((await second.controller.closeSession(null, opened.id))?.active, false);
  clock.advance(86_400_000);
  await second.controller.closeExpiredSessions(null);
  await second.persistence.close(null);

  const third = await start(path, clock);
  const { data } = await third.controller.getSessions(null, null, null);
  assert.deepEqual(
    data.map(({ id, active }) => [id, active]),
    [opened.id, 'original'].sort().map((id) => [id, false]),
  );
  await third.persistence.close(null);
});

test('options.expire_timeout also ends sessions that the microservice wrote', async () => {
  const path = newPath();
  writeFileSync(path, JSON.stringify([ORIGINAL]));
  const clock = new ManualClock(LAST_ACTIVITY);
  const { controller, persistence } = await start(path, clock, 'options.expire_timeout', 60_000);
  clock.advance(59_999);
  assert.equal((await controller.getSessionById(null, 'original'))?.active, true);
  clock.advance(1);
  const ended = await controller.getSessionById(null, 'original');
  assert.equal(ended?.active, false);
  assert.deepEqual(ended?.close_time, new Date(LAST_ACTIVITY + 60_000));
  await persistence.close(null);
});

test('a damaged file stops the start and is not changed; the error names the place', async () => {
  const path = newPath();
  const text = JSON.stringify([ORIGINAL, { ...ORIGINAL, id: 'b', request_time: 'yesterday' }]);
  writeFileSync(path, text);
  const persistence = new SessionsFilePersistence(path);
  await assert.rejects(persistence.open('123'), (error: Error & { code?: string; category?: string }) => {
    assert.match(error.message, /entry 2 of 2: request_time/);
    assert.ok(error.message.includes(path));
    assert.deepEqual([error.code, error.category], ['STORE_UNUSABLE', 'InvalidState']);
    return true;
  });
  assert.equal(persistence.isOpen(), false);
  await persistence.close(null);
  assert.equal(readFileSync(path, 'utf8'), text);
});

test('without a path it does not open; the error names the missing key', async () => {
  await assert.rejects(new SessionsFilePersistence().open(null), { code: 'INVALID_CONFIG', message: /^path / });
});

test('a missing file is created with the first session', async () => {
  const path = newPath();
  const { controller, persistence } = await start(path, new ManualClock());
  assert.equal(existsSync(path), false);
  await controller.openSession(null, '1');
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).length, 1);
  await persistence.close(null);
});

test('the target of a symbolic link is written, not the link', { skip: process.platform === 'win32' }, async () => {
  const path = newPath();
  const link = `${path}.link`;
  writeFileSync(path, '[]');
  symlinkSync(path, link);
  const { controller, persistence } = await start(link, new ManualClock());
  await controller.openSession(null, '1');
  await persistence.close(null);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).length, 1);
});

test('calls before it is opened are rejected', async () => {
  const persistence = new SessionsFilePersistence(newPath());
  await assert.rejects(persistence.getOneById(null, 'a'), { code: 'STORE_UNAVAILABLE', category: 'NoResponse' });
});
