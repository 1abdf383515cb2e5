import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileWatch } from './file-watch.ts';

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-watch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A watch that looks only when a test says so. Returns the number of changes after these looks. */
function watching(...paths: readonly string[]) {
  let changes = 0;
  const watch = new FileWatch(paths, () => {
    changes += 1;
  });
  return async (looks: number) => {
    for (let look = 0; look < looks; look += 1) await watch.look();
    return changes;
  };
}

test('files that do not change are never reported', async (t) => {
  const path = join(newFolder(t), 'a');
  writeFileSync(path, '1');
  const looked = watching(path, `${path}-missing`);
  assert.equal(await looked(5), 0);
});

test('a file that is written, replaced or removed is reported once it has settled', async (t) => {
  const path = join(newFolder(t), 'a');
  writeFileSync(path, '1');
  const looked = watching(path);
  await looked(2);
  writeFileSync(path, '22');
  assert.equal(await looked(1), 0);
  writeFileSync(path, '333');
  assert.equal(await looked(1), 0, 'it is still being written');
  assert.equal(await looked(3), 1);
  writeFileSync(`${path}-new`, '444');
  renameSync(`${path}-new`, path);
  assert.equal(await looked(3), 2);
  rmSync(path);
  assert.equal(await looked(3), 3);
  writeFileSync(path, '444');
  assert.equal(await looked(3), 4);
});

test('a Kubernetes secret is reported when the link to its folder is replaced', async (t) => {
  const folder = newFolder(t);
  const put = (version: string) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'tls.crt'), 'same size');
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  put('..1');
  symlinkSync('..data/tls.crt', join(folder, 'tls.crt'));
  const looked = watching(join(folder, 'tls.crt'));
  await looked(2);
  put('..2');
  assert.equal(await looked(2), 1);
});

test('a change between the first two looks is reported', async (t) => {
  const path = join(newFolder(t), 'a');
  writeFileSync(path, '1');
  const looked = watching(path);
  await looked(1);
  writeFileSync(path, '22');
  assert.equal(await looked(2), 1);
});
