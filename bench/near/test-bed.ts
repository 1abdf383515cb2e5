import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineName, startEngine } from '../nodes/engines.ts';
import { ServiceProcess } from '../service-process.ts';

export const STORES = ['sqlite', 'postgres', 'redis'] as const satisfies readonly (EngineName | 'sqlite')[];
export type StoreName = (typeof STORES)[number];

/** A running service, each node in its own process. */
export interface TestBed {
  /** The URLs of two nodes that share a store. Twice the same URL if only one process can use the store. */
  readonly urls: readonly [string, string];
  readonly remove: () => Promise<void>;
}

export async function startTestBed(name: StoreName): Promise<TestBed> {
  if (name === 'sqlite') return sqliteTestBed();
  const engine = await startEngine(name);
  const [a, b] = await Promise.all([ServiceProcess.start(engine.url), ServiceProcess.start(engine.url)]);
  return {
    urls: [a.url, b.url],
    remove: async () => {
      await Promise.all([a.kill(), b.kill()]);
      await engine.remove();
    },
  };
}

async function sqliteTestBed(): Promise<TestBed> {
  const { folder, remove } = temporaryFolder();
  const service = await ServiceProcess.start(`sqlite:${join(folder, 'sessions.db')}`);
  return {
    urls: [service.url, service.url],
    remove: async () => {
      await service.kill();
      remove();
    },
  };
}

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-near-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
