import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { asJsonText } from '../../../service/src/domain/json.ts';
import { open } from '../../../service/src/domain/session.ts';
import { CONFORMANCE_CASES } from '../../../service/src/stores/conformance/conformance.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { FileStore } from './file-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-file-store-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function newSettings() {
  files += 1;
  return { path: join(folder, String(files), 'sessions.json'), idle_timeout_ms: 1000 };
}

function sessionOf(id: string) {
  const fields = { user_id: 'user', user_name: null, address: null, client: null, user: null, data: null };
  return open(id, { ...fields, idle_timeout_ms: 1000, expire_time: null }, 0);
}

function idsIn(text: string): string[] {
  return (JSON.parse(text) as { id: string }[]).map(({ id }) => id);
}

async function withStore(store: FileStore, work: (store: FileStore) => Promise<void>) {
  await store.open();
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

for (const { name, run } of CONFORMANCE_CASES) {
  test(`file: ${name}`, () => withStore(new FileStore(newSettings()), run));
}

test('file: a change is on disk when its promise resolves', async () => {
  const settings = newSettings();
  await withStore(new FileStore(settings), async (store) => {
    await store.insert(sessionOf('a'), null, 0);
    await store.update('a', { type: 'replace', member: 'data', value: asJsonText('[1]') }, 5);
    await withStore(new FileStore(settings), async (afterCrash) => {
      assert.equal((await afterCrash.find('a'))?.data, '[1]');
    });
    await store.remove('a');
    assert.deepEqual(idsIn(readFileSync(settings.path, 'utf8')), []);
  });
});

test('file: changes of one event-loop turn share one save', async () => {
  let saves = 0;
  const store = new FileStore(newSettings(), async () => {
    saves += 1;
  });
  await withStore(store, async () => {
    await Promise.all(Array.from({ length: 500 }, (_, n) => store.insert(sessionOf(`s${n}`), null, 0)));
    assert.equal(saves, 1);
  });
  assert.equal(saves, 1, 'close does not save again');
});

test('file: changes during a save share the next one', async () => {
  const texts: string[] = [];
  let finishFirst = () => {};
  const first = new Promise<void>((resolve) => {
    finishFirst = resolve;
  });
  let begun = () => {};
  const firstBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const store = new FileStore(newSettings(), async (_path, text) => {
    texts.push(text);
    begun();
    if (texts.length === 1) await first;
  });
  await withStore(store, async () => {
    const inserted = store.insert(sessionOf('a'), null, 0);
    await firstBegun;
    const later = [store.insert(sessionOf('b'), null, 0), store.insert(sessionOf('c'), null, 0), store.remove('a')];
    finishFirst();
    await Promise.all([inserted, ...later]);
    assert.deepEqual(texts.map(idsIn), [['a'], ['b', 'c']]);
  });
});

test('file: reads do not write the file', async () => {
  const store = new FileStore(newSettings(), () => assert.fail('a save'));
  await withStore(store, async () => {
    await store.find('a');
    await store.list({}, { skip: 0, take: 10, total: true }, 5);
    await store.update('a', { type: 'close', reason: 'closed' }, 5);
    assert.equal((await store.expire(5, 10)).count, 0);
  });
});

test('file: a failed save rejects the change, and the next save includes it', async () => {
  const settings = newSettings();
  let full = true;
  const store = new FileStore(settings, async (path, text) => {
    if (full) throw new Error('ENOSPC: no space left on device');
    await writeFileAtomically(path, text);
  });
  await withStore(store, async () => {
    await assert.rejects(store.insert(sessionOf('a'), null, 0), {
      code: 'STORE_UNAVAILABLE',
      message: /sessions\.json cannot be written: ENOSPC/,
    });
    full = false;
  });
  assert.deepEqual(idsIn(readFileSync(settings.path, 'utf8')), ['a']);
});

test('file: changes before close are saved, later ones are rejected', async () => {
  const settings = newSettings();
  const store = new FileStore(settings);
  await store.open();
  const accepted = [store.insert(sessionOf('a'), null, 0), store.insert(sessionOf('b'), null, 0)];
  const closing = store.close();
  await assert.rejects(store.insert(sessionOf('late'), null, 0), { code: 'STORE_UNAVAILABLE' });
  await Promise.all([...accepted, closing, store.close()]);
  assert.deepEqual(idsIn(readFileSync(settings.path, 'utf8')), ['a', 'b']);
});

test('file: an expired session is written without user and data', async () => {
  const settings = newSettings();
  await withStore(new FileStore(settings), async (store) => {
    await store.insert({ ...sessionOf('idle'), data: asJsonText('"secret"') }, null, 0);
    assert.equal((await store.expire(5000, 10)).count, 1);
  });
  const [entry] = JSON.parse(readFileSync(settings.path, 'utf8'));
  assert.equal(entry.active, false);
  assert.equal(entry.data, null);
  assert.equal(entry.close_time, new Date(1000).toISOString());
});

test('file: a new file is readable only by its owner', { skip: process.platform === 'win32' }, async () => {
  const settings = newSettings();
  await withStore(new FileStore(settings), async (store) => void (await store.insert(sessionOf('a'), null, 0)));
  assert.equal(statSync(settings.path).mode & 0o777, 0o600);
});
