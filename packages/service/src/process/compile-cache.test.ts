import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../../testing/service/command.ts';
import { cacheFolder, isPrivate, useCompileCache } from './compile-cache.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-compiled-'));
after(() => rmSync(folder, { recursive: true }));

test('a start does not use compiled code in the folder of temporary files', async () => {
  const TMPDIR = join(folder, 'shared');
  const HOME = join(folder, 'home');
  mkdirSync(TMPDIR, { mode: 0o1777 });
  mkdirSync(HOME);
  const others = join(folder, 'of-others');
  mkdirSync(others);
  // The folder that Node uses by default.
  symlinkSync(others, join(TMPDIR, 'node-compile-cache'));
  const help = new Command(MAIN, ['--help'], { cwd: folder, env: { TMPDIR, HOME, NODE_COMPILE_CACHE: undefined } });
  assert.equal(await help.exit, 0);
  assert.deepEqual(readdirSync(others), []);
  const own = join(HOME, '.cache/pip-sessions/compiled');
  assert.equal(statSync(own).mode & 0o777, 0o700);
  assert.notEqual(readdirSync(own).length, 0);
});

test('[F-01] compiled code is cached only in folders that no other user can write to', () => {
  const caches = join(folder, 'caches');
  mkdirSync(caches, { mode: 0o700 });
  const own = join(caches, 'pip-sessions/compiled');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: caches }), own);
  for (const open of [own, join(caches, 'pip-sessions'), caches]) {
    const { mode } = statSync(open);
    for (const bits of [0o020, 0o002]) {
      chmodSync(open, mode | bits);
      assert.equal(cacheFolder({ XDG_CACHE_HOME: caches }), null, `${open} ${bits}`);
    }
    chmodSync(open, mode);
  }
  assert.equal(cacheFolder({ XDG_CACHE_HOME: caches }), own);
});

test('threads and worker processes load compiled code from the same folder', () => {
  const home = join(folder, 'home-of-threads');
  mkdirSync(home);
  const env: NodeJS.ProcessEnv = { HOME: home };
  useCompileCache(env);
  assert.equal(env.NODE_COMPILE_CACHE, join(home, '.cache/pip-sessions/compiled'));
  const chosen = { HOME: home, NODE_COMPILE_CACHE: folder };
  useCompileCache(chosen);
  assert.equal(chosen.NODE_COMPILE_CACHE, folder);
});

test('compiled code is not cached if the home is missing, relative or a file', () => {
  for (const env of [{}, { HOME: '' }, { HOME: 'here' }, { XDG_CACHE_HOME: 'here' }, { HOME: MAIN }]) {
    assert.equal(cacheFolder(env), null, JSON.stringify(env));
  }
});

test('a folder is private if only its user and root own it and its parents', () => {
  const own = { uid: 1000, mode: 0o40700 };
  const home = { uid: 1000, mode: 0o40755 };
  const root = { uid: 0, mode: 0o40755 };
  const cases: [string, boolean, { uid: number; mode: number }, { uid: number; mode: number }[]][] = [
    ['below a home', true, own, [home, root]],
    ['below the folder of temporary files', true, own, [{ uid: 0, mode: 0o41777 }, root]],
    ["another user's", false, { ...own, uid: 1001 }, [home, root]],
    ["root's, for a user", false, { ...own, uid: 0 }, [home, root]],
    ['readable by others', false, { ...own, mode: 0o40755 }, [home, root]],
    ["below another user's", false, own, [{ ...home, uid: 1001 }, root]],
    ["far below another user's", false, own, [home, { ...home, uid: 1001 }, root]],
    ["below another user's sticky folder", false, own, [{ uid: 1001, mode: 0o41777 }, root]],
    ['below a folder that everyone may write to', false, own, [home, { uid: 0, mode: 0o40777 }]],
    ['below a folder that a group may write to', false, own, [{ ...home, mode: 0o40775 }, root]],
  ];
  for (const [name, expected, folder, above] of cases) assert.equal(isPrivate(folder, above, 1000), expected, name);
});
