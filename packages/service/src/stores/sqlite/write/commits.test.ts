import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { connect, createFile } from '../connection.ts';
import { FilesGone } from '../faults.ts';
import type { OpenFiles } from '../files/open-files.ts';
import { Databases, sessionOf } from '../fixtures/database.ts';
import { toRow } from '../rows.ts';
import { migrate } from '../schema.ts';
import { Commits } from './commits.ts';

const databases = new Databases();
after(() => databases.remove());

test('a write fails if its file was deleted during the commit', () => {
  const config = databases.config();
  mkdirSync(dirname(config.path));
  createFile(config);
  const db = connect(config);
  migrate(db);
  let looks = 0;
  const assertSame = () => {
    looks += 1;
    if (looks > 1) throw new FilesGone('the database file was deleted');
  };
  const commits = new Commits(db, { assertSame } as Partial<OpenFiles> as OpenFiles);
  const write = { type: 'insert', row: toRow(sessionOf('lost')), limit: null, now: 0 } as const;
  const { results, fault, is_unsure } = commits.commit([write], 0);
  db.close();
  assert.deepEqual([results[0]?.type, fault, is_unsure], ['failed', 'the database file was deleted', true]);
});
