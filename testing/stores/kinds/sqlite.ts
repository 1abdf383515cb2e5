import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home, Kind } from '../kind.ts';

export const KIND: Kind = {
  name: 'sqlite',
  isShared: false,
  missing: null,
  speed: 0.15,
  start,
};

async function start(): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-stores-'));
  let files = 0;
  return {
    empty: async () => {
      files += 1;
      return `sqlite:${folder}/${files}/sessions.db`;
    },
    stop: async () => rmSync(folder, { recursive: true }),
  };
}
