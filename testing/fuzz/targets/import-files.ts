import { sessionText as sessionTextV1 } from '../../../packages/service/src/api/v1/wire.ts';
import { sessionText } from '../../../packages/service/src/api/v2/wire.ts';
import { SessionsError } from '../../../packages/service/src/domain/errors.ts';
import { asJsonText } from '../../../packages/service/src/domain/json.ts';
import type { Session } from '../../../packages/service/src/domain/session.ts';
import { Sessions } from '../../../packages/service/src/domain/sessions.ts';
import type { SessionStore } from '../../../packages/service/src/domain/store.ts';
import { ManualClock } from '../../../packages/service/src/domain/time/clock.ts';
import { assertSchema } from '../../../packages/service/src/http/v2/fixtures/call.ts';
import { createStore } from '../../../packages/service/src/stores/create-store.ts';
import { exported, READ } from '../../../packages/service/src/transfer/fixtures/transfer.ts';
import { importSessions } from '../../../packages/service/src/transfer/import.ts';
import { type ImportRecord, readRecords, UnreadableRecord } from '../../../packages/service/src/transfer/records.ts';
import { type ImportFile, importFiles, toFile } from '../inputs/import-files.ts';
import type { EngineKind } from '../service/engines.ts';
import { checkOf, NO_FIGURES, type OpenTarget, type Target } from '../target.ts';

/** Problems of a record are printed on a terminal, so their length is limited. */
const PROBLEM_CHARS_MAX = 2_000;
const BYTES_MAX = 2_000_000;
/** Error codes that a session may cause. Any other error is a fault of the service. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'INVALID_DATA',
  'SESSION_CLOSED',
  'TOKEN_UNKNOWN',
  'TOKEN_REPLACED',
  'VALUE_TOO_LARGE',
]);

/** Files to import into a store. Every imported session must be usable. */
export function importTarget(engine: EngineKind, share: number): Target {
  return { name: `import-files ${engine.name}`, share, missing: engine.missing, open: () => openOn(engine) };
}

async function openOn(engine: EngineKind): Promise<OpenTarget> {
  const { url, remove } = await engine.start();
  const store = await createStore(url);
  await store.open();
  return {
    check: checkOf(importFiles, (file) => assertImport(store, file)),
    heapBytes: null,
    figures: async () => NO_FIGURES,
    close: async () => {
      await store.close();
      await remove();
    },
  };
}

async function assertImport(store: SessionStore, file: ImportFile): Promise<void> {
  const bytes = toFile(file);
  const options = { ...READ, format: file.format, bytes_max: BYTES_MAX };
  const records: ImportRecord[] = [];
  try {
    for await (const record of readRecords(chunks(bytes, file.chunk_bytes), options)) records.push(record);
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    assertShort(error.message);
  }
  const clock = new ManualClock(READ.now);
  const { signal } = new AbortController();
  const { stopped } = await importSessions(store, allOf(records), { clock, signal, retry_ms: 1 });
  if (stopped) assertShort(stopped.problem);
  try {
    await assertUsable(
      store,
      new Sessions(store, clock),
      records.map(({ session }) => session),
    );
  } finally {
    await Promise.all(records.map(({ session }) => store.remove(session.id)));
  }
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* allOf(records: readonly ImportRecord[]): AsyncGenerator<ImportRecord> {
  yield* records;
}

function assertShort(problem: string): void {
  if (problem.includes('store is unavailable')) {
    throw new Error(`a bad record is reported as a store error: ${problem}`);
  }
  if (problem.length > PROBLEM_CHARS_MAX) throw new Error(`a problem has ${problem.length} characters`);
}

async function assertUsable(store: SessionStore, sessions: Sessions, imported: readonly Session[]): Promise<void> {
  const whole = await exported(store);
  await sessions.list({}, { skip: 0, take: 10, total: true });
  await sessions.scan({}, null, 10);
  await sessions.stats();
  for (const { id, user_id } of imported) {
    await sessions.count({ user_id });
    const session = await sessions.get(id);
    if (session === null) continue;
    JSON.parse(sessionTextV1(session));
    assertSchema('Session', JSON.parse(sessionText(session, sessions.now())));
    await allowed(sessions.replace(id, 'data', asJsonText('[1]')));
    await allowed(sessions.patchData(id, asJsonText('{"a":1}'), 100));
    await allowed(sessions.touch(id));
    const token = `ps_${id.padEnd(36, '0')}_${'A'.repeat(43)}`;
    await sessions.validate(token);
    await allowed(sessions.rotate(token));
    const changed = await sessions.get(id);
    if (changed) assertSchema('Session', JSON.parse(sessionText(changed, sessions.now())));
    await sessions.close(id);
  }
  JSON.parse(`[${whole.trim().replaceAll('\n', ',')}]`);
}

/** Ignores rejections that concern the request or the session. */
async function allowed(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof SessionsError) || !REJECTIONS.has(error.code)) throw error;
  }
}
