import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awaited } from './awaited.ts';

test('an awaited failure reaches its caller only', async () => {
  const reports: Error[] = [];
  const failing = () => awaited('login', Promise.reject(new Error('away')), (error) => reports.push(error));
  await assert.rejects(failing(), /^Error: away$/);
  await assert.rejects(
    (async () => {
      await failing();
    })(),
    /^Error: away$/,
  );
  await assert.rejects((async () => failing())(), /^Error: away$/);
  await assert.rejects(Promise.all([failing()]), /^Error: away$/);
  assert.equal(await failing().catch(({ message }) => message), 'away');
  assert.deepEqual(reports, []);
});

test('a failure that is not awaited is reported, and the process continues', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  awaited('login', Promise.reject(new Error('The service is away.')), resolve);
  const report = await promise;
  assert.equal(
    report.message,
    'login() failed, and its promise is not awaited: write await userSession.login(…). The service is away.',
  );
  assert.match(String(report.cause), /The service is away/);
});

test('successful work returns its result', async () => {
  assert.equal(await awaited('rotate', Promise.resolve(1), assert.fail), 1);
});
