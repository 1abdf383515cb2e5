import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { settle, Tabs } from './fixtures/tabs.ts';
import { watchSession } from './index.ts';

const BYTES_MAX = 3_072;
const MINUTE_MS = 60_000;

async function started(count = 1) {
  const tabs = new Tabs();
  const watches = Array.from({ length: count }, () => tabs.open());
  await settle();
  tabs.requests.length = 0;
  const [first, second = first] = watches;
  if (!first || !second) throw new Error('no tab');
  return { tabs, first, second };
}

test('the module has at most 3 kB, minified and compressed, and no dependency', async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('index.ts', import.meta.url)),
    platform: 'browser',
    resolve: { conditionNames: ['source'] },
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  assert.deepEqual(output[0].imports, []);
  const bytes = gzipSync(output[0].code).length;
  assert.ok(bytes <= BYTES_MAX, `${bytes} bytes`);
});

test('a page learns its session; the state is one object until it changes', async () => {
  const tabs = new Tabs();
  const watch = tabs.open();
  assert.deepEqual(watch.getSnapshot(), { status: 'unknown', session: null, seconds_left: null, is_current: false });
  let changes = 0;
  const unsubscribe = watch.subscribe(() => {
    changes += 1;
  });
  await settle();
  const session = { user: 'ann', expires_in: 600 };
  assert.deepEqual(watch.getSnapshot(), { status: 'signed_in', session, seconds_left: null, is_current: true });
  assert.equal(watch.getSnapshot(), watch.getSnapshot());
  assert.equal(changes, 1);
  unsubscribe();
  tabs.user = null;
  await watch.refresh();
  assert.equal(watch.getSnapshot().status, 'signed_out');
  assert.equal(changes, 1);
});

test('before the timeout the page counts down, unless there was activity elsewhere', async () => {
  const { tabs, first } = await started();
  await tabs.pass(7 * MINUTE_MS);
  tabs.touch();
  await tabs.pass(MINUTE_MS + 1_000);
  assert.equal(first.getSnapshot().status, 'signed_in', 'the activity has moved the end');
  await tabs.pass(7 * MINUTE_MS);
  const { status, seconds_left } = first.getSnapshot();
  assert.equal(status, 'expiring');
  assert.ok(seconds_left !== null && seconds_left > 110 && seconds_left <= 120, `${seconds_left}`);
  await tabs.pass(10_000);
  assert.equal(first.getSnapshot().seconds_left, seconds_left - 10);
  await tabs.pass(2 * MINUTE_MS);
  assert.equal(first.getSnapshot().status, 'signed_out');
});

test('one renewal serves all tabs, and all show it', async () => {
  const { tabs, first, second } = await started(2);
  await tabs.pass(9 * MINUTE_MS);
  assert.deepEqual([first.getSnapshot().status, second.getSnapshot().status], ['expiring', 'expiring']);
  tabs.requests.length = 0;
  const release = Promise.withResolvers<void>();
  tabs.held = release.promise;
  const renewals = [first.renew(), second.renew(), second.renew()];
  await settle();
  tabs.held = null;
  release.resolve();
  await Promise.all(renewals);
  assert.equal(tabs.requests.filter((method) => method === 'POST').length, 1);
  assert.deepEqual([first.getSnapshot().status, second.getSnapshot().status], ['signed_in', 'signed_in']);
});

test('if the renewal of one tab fails, another tab tries; a failure rejects', async () => {
  const { tabs, first, second } = await started(2);
  await tabs.pass(9 * MINUTE_MS);
  const release = Promise.withResolvers<void>();
  tabs.held = release.promise;
  tabs.endpoint = 'broken';
  const [failed, renewed] = [first.renew(), second.renew()];
  failed.catch(() => {});
  await settle();
  tabs.held = null;
  release.resolve();
  await assert.rejects(failed, /POST \/session: the application responded with status 503/);
  tabs.endpoint = 'up';
  tabs.touch();
  await renewed.catch(() => {});
  await second.renew();
  assert.equal(second.getSnapshot().status, 'signed_in');
});

test('a sign-out is seen in all tabs at once; if it fails, the user is still signed in', async () => {
  const { tabs, first, second } = await started(2);
  tabs.endpoint = 'broken';
  await assert.rejects(first.signOut(), /DELETE \/session: the application responded with status 503/);
  assert.equal(first.getSnapshot().status, 'signed_in');
  tabs.endpoint = 'up';
  tabs.user = 'ann';
  await first.signOut();
  await settle();
  assert.deepEqual([first.getSnapshot().status, second.getSnapshot().status], ['signed_out', 'signed_out']);
  assert.deepEqual(tabs.requests, ['DELETE', 'DELETE']);
});

test('a late response from before a sign-out signs no tab in again', async () => {
  const { tabs, first, second } = await started(2);
  const release = Promise.withResolvers<void>();
  tabs.held = release.promise;
  const late = second.refresh();
  await settle();
  tabs.held = null;
  tabs.now += 100;
  await first.signOut();
  await settle();
  tabs.now += 100;
  release.resolve();
  await late;
  await settle();
  assert.deepEqual([first.getSnapshot().status, second.getSnapshot().status], ['signed_out', 'signed_out']);
});

test('a sign-in in one tab is seen in the others, also beside a late 401', async () => {
  const { tabs, first, second } = await started(2);
  await first.signOut();
  await settle();
  tabs.now += 100;
  const release = Promise.withResolvers<void>();
  tabs.held = release.promise;
  const late = second.refresh();
  await settle();
  tabs.held = null;
  tabs.now += 100;
  tabs.user = 'bob';
  tabs.touch();
  await first.refresh();
  release.resolve();
  await late;
  await tabs.pass(1_000);
  assert.deepEqual([first.getSnapshot().session?.user, second.getSnapshot().session?.user], ['bob', 'bob']);
});

test('a refresh during a request reads once more: it shows the sign-in before it', async () => {
  const { tabs, first } = await started();
  await first.signOut();
  tabs.now += 100;
  const release = Promise.withResolvers<void>();
  tabs.held = release.promise;
  const before = first.refresh();
  await settle();
  tabs.user = 'ann';
  tabs.touch();
  tabs.now += 100;
  const after = first.refresh();
  tabs.held = null;
  release.resolve();
  await Promise.all([before, after]);
  assert.equal(first.getSnapshot().status, 'signed_in');
});

test('a page that wakes after the end of its session reads its state again', async () => {
  const { tabs, first } = await started();
  tabs.endpoint = 'away';
  await tabs.sleep(20 * MINUTE_MS);
  assert.deepEqual([first.getSnapshot().status, first.getSnapshot().is_current], ['unknown', false]);
  tabs.endpoint = 'up';
  await tabs.pass(MINUTE_MS);
  assert.equal(first.getSnapshot().status, 'signed_out');
});

test('offline, the state stays until the end of the session, marked as old', async () => {
  for (const endpoint of ['away', 'broken', 'html'] as const) {
    const { tabs, first } = await started();
    tabs.endpoint = endpoint;
    await tabs.pass(2 * MINUTE_MS);
    assert.deepEqual([first.getSnapshot().status, first.getSnapshot().is_current], ['signed_in', false], endpoint);
    assert.ok(tabs.requests.length < 12, `${tabs.requests.length} requests`);
    tabs.endpoint = 'up';
    await tabs.pass(MINUTE_MS);
    assert.equal(first.getSnapshot().is_current, true);
  }
});

test('two visible tabs read about once a minute together, hidden ones not at all', async () => {
  const { tabs } = await started(2);
  tabs.ends_at = Number.MAX_SAFE_INTEGER;
  await tabs.pass(5 * MINUTE_MS);
  assert.ok(tabs.requests.length >= 4 && tabs.requests.length <= 10, `${tabs.requests.length} requests`);
  tabs.isHidden = true;
  tabs.requests.length = 0;
  await tabs.pass(60 * MINUTE_MS);
  assert.deepEqual(tabs.requests, []);
});

test('a stopped watch and one without a page do nothing', async () => {
  const { tabs, first } = await started();
  first.stop();
  await tabs.pass(60 * MINUTE_MS);
  const server = tabs.open({}, false);
  await server.refresh();
  await tabs.pass(60 * MINUTE_MS);
  assert.deepEqual(tabs.requests, []);
  assert.equal(server.getSnapshot().status, 'unknown');
});

test('wrong options are TypeErrors that name them', () => {
  for (const url of ['https://x.example/session', '//x.example', '/\\x.example', 'session', undefined]) {
    assert.throws(() => watchSession({ url: url as string }), /^TypeError: url is not a path of this origin/);
  }
  assert.throws(() => watchSession({ url: '/s', warn_s: 0 }), /^TypeError: warn_s is 0: use 1 to 86400/);
  assert.throws(() => watchSession({ url: '/s', check_s: Number.NaN }), /^TypeError: check_s is NaN/);
});
