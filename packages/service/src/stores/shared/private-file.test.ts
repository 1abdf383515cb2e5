import assert from 'node:assert/strict';
import {
  chmodSync,
  lchownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createPrivateFile, isTrusted, makePrivate } from './private-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-private-'));
after(() => rmSync(folder, { recursive: true }));
const skip = process.platform === 'win32';

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('a new file is private to its user, and an existing file keeps its content', () => {
  const path = join(folder, 'new');
  createPrivateFile(path);
  if (!skip) assert.equal(modeOf(path), 0o600);
  writeFileSync(path, 'kept');
  createPrivateFile(path);
  assert.equal(readFileSync(path, 'utf8'), 'kept');
});

test('a file that others may read or write becomes private', { skip }, () => {
  const path = join(folder, 'open');
  writeFileSync(path, '');
  for (const [before, afterwards] of [
    [0o644, 0o600],
    [0o664, 0o600],
    [0o666, 0o600],
    [0o602, 0o600],
    [0o640, 0o640],
    [0o660, 0o660],
    [0o600, 0o600],
  ] as const) {
    chmodSync(path, before);
    makePrivate(path);
    assert.equal(modeOf(path), afterwards, before.toString(8));
  }
  makePrivate(join(folder, 'nothing'));
});

test('a symbolic link is followed, even to a file that does not exist yet', { skip }, () => {
  const path = join(folder, 'link');
  symlinkSync(join(folder, 'target'), path);
  createPrivateFile(path);
  assert.equal(modeOf(join(folder, 'target')), 0o600);
  chmodSync(join(folder, 'target'), 0o644);
  createPrivateFile(path);
  assert.equal(modeOf(join(folder, 'target')), 0o600);
});

test('files of root, of the user of the service and of the folder owner are trusted', () => {
  const cases: [string, number, number, boolean][] = [
    ['the own user', 1000, 0, true],
    ['root', 0, 0, true],
    ["the folder's owner", 1001, 1001, true],
    ['another user', 1001, 0, false],
    ["another user, in the own user's folder", 1001, 1000, false],
  ];
  for (const [name, owner, ofFolder, expected] of cases) assert.equal(isTrusted(owner, 1000, ofFolder), expected, name);
});

test('[F-03] a file or link that another user owns is rejected', { skip }, () => {
  if (process.getuid?.() !== 0) return;
  const planted = join(folder, 'planted');
  writeFileSync(planted, '');
  lchownSync(planted, 12_345, 12_345);
  const link = join(folder, 'planted-link');
  symlinkSync(join(folder, 'nowhere'), link);
  lchownSync(link, 12_345, 12_345);
  for (const path of [planted, link]) {
    const error = { code: 'STORE_UNUSABLE', message: /belongs to another user \(uid 12345\).* chown/ };
    assert.throws(() => createPrivateFile(path), error);
  }
});
