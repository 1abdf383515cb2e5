import { setImmediate } from 'node:timers/promises';
import { warmUp } from '../../packages/service/src/process/warm-up.ts';
import { newSession, SampleTaker, userOf } from './preload.ts';
import type { Ready } from './ready.ts';

await warmUp(process.env);
const { createLogger, loadConfig, startService, toJsonText } = await import('@pip-sessions/service');

/** The largest number of opens in one commit of the SQLite store. */
const OPENED_TOGETHER = 512;

/** Starts the service as in production, except for the store and a free port. Its log goes to standard output. */
export async function startPreloaded(
  store: string,
  size: number,
  withTokens: boolean,
): Promise<Omit<Ready, 'ready_ms'>> {
  const config = loadConfig({ SESSIONS_STORE: store, SESSIONS_PORT: '0' });
  const service = await startService(config, createLogger(config.log_level));
  const taker = new SampleTaker(size);

  async function open(index: number): Promise<void> {
    const user_id = userOf(index, size);
    const { user, data, ...request } = newSession(user_id);
    const opening = { ...request, user: toJsonText(user), data: toJsonText(data) };
    if (withTokens) {
      const { session, token } = await service.sessions.openWithToken(opening, null);
      taker.see(index, session.id, user_id, token);
    } else {
      const { session } = await service.sessions.open(opening);
      taker.see(index, session.id, user_id);
    }
  }

  for (let first = 0; first < size; first += OPENED_TOGETHER) {
    const count = Math.min(OPENED_TOGETHER, size - first);
    await Promise.all(Array.from({ length: count }, (_, index) => open(first + index)));
    // Gives the event loop a turn to notice a closed channel: calls of a store in memory never wait.
    await setImmediate();
  }
  return { pid: process.pid, port: Number(new URL(service.url).port), preloaded: size, ...taker.sample() };
}
