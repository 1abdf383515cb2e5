/** Writes the sessions of memorystore as lines of JSON. Call it in the application, before it stops. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SessionData } from 'express-session';

type AllSessions = Readonly<Record<string, SessionData>>;
/** A store of memorystore. */
interface MemoryStore {
  all(done: (error: unknown, sessions?: AllSessions | null) => void): void;
}

export async function dump(store: MemoryStore, path: string): Promise<void> {
  const sessions = await new Promise<AllSessions>((resolve, reject) => {
    store.all((error, all) => (error ? reject(error) : resolve(all ?? {})));
  });
  const lines = Object.entries(sessions).map(([sid, session]) => `${JSON.stringify({ sid, session })}\n`);
  await pipeline(Readable.from(lines), createWriteStream(path, { mode: 0o600 }));
}
