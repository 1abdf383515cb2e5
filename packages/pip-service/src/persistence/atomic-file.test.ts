import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeFileAtomically } from './atomic-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-atomic-'));
after(() => rmSync(folder, { recursive: true }));

test('the file is replaced as a whole: an open reader still gets the old text', async () => {
  const path = join(folder, 'replaced.json');
  writeFileSync(path, 'old');
  linkSync(path, `${path}.old`);
  await writeFileAtomically(path, 'new');
  assert.equal(readFileSync(path, 'utf8'), 'new');
  assert.equal(readFileSync(`${path}.old`, 'utf8'), 'old');
});

test('the folder is created and contains only the file', async () => {
  const path = join(folder, 'a', 'b', 'new.json');
  await writeFileAtomically(path, 'text');
  assert.deepEqual(readdirSync(join(folder, 'a', 'b')), ['new.json']);
});

test('the remains of a crashed save do not prevent the next one', async () => {
  const path = join(folder, 'crashed.json');
  writeFileSync(`${path}.tmp`, 'half of a much longer text');
  await writeFileAtomically(path, 'whole');
  assert.equal(readFileSync(path, 'utf8'), 'whole');
});

test('[F-02] only the user of the service can read a new file of sessions', {
  skip: process.platform === 'win32',
}, async () => {
  const path = join(folder, 'private.json');
  await writeFileAtomically(path, 'new');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file keeps the permissions that its owner gave it', { skip: process.platform === 'win32' }, async () => {
  const path = join(folder, 'shared.json');
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  await writeFileAtomically(path, 'new');
  assert.equal(statSync(path).mode & 0o777, 0o640);
});

test('a file that everyone may read is private to its owner after a save', {
  skip: process.platform === 'win32',
}, async () => {
  const path = join(folder, 'open.json');
  writeFileSync(path, 'old');
  chmodSync(path, 0o644);
  await writeFileAtomically(path, 'new');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a link at the path of the temporary file is not followed', {
  skip: process.platform === 'win32',
}, async () => {
  const path = join(folder, 'planted.json');
  writeFileSync(join(folder, 'other'), 'of somebody else');
  symlinkSync(join(folder, 'other'), `${path}.tmp`);
  await writeFileAtomically(path, 'new');
  assert.equal(readFileSync(join(folder, 'other'), 'utf8'), 'of somebody else');
  assert.equal(readFileSync(path, 'utf8'), 'new');
});

test('a failed save does not change the file', async () => {
  const path = join(folder, 'kept.json');
  writeFileSync(path, 'old');
  mkdirSync(`${path}.tmp`);
  await assert.rejects(writeFileAtomically(path, 'new'));
  assert.equal(readFileSync(path, 'utf8'), 'old');
});
