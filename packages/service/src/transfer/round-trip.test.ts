import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { roundTripCases } from './fixtures/round-trip.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-round-trip-'));
after(() => rmSync(folder, { recursive: true }));

roundTripCases([
  { name: 'memory', url: 'memory:', runs: 200 },
  { name: 'sqlite', url: `sqlite:${folder}/sessions.db`, runs: 60 },
]);
