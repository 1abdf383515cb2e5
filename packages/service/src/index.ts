/**
 * The user sessions service, to run inside another process.
 *
 * ```ts
 * import { createLogger, loadConfig, startService } from '@pip-sessions/service';
 *
 * const service = await startService(loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' }), createLogger('warn'));
 * const session = await service.sessions.open({ user_id: '1' });
 * await service.stop();
 * ```
 */

export { type EmbeddedOptions, EmbeddedRequestError, sessionsClientOf } from './api/in-process-client.ts';
export { type Config, loadConfig } from './config/config.ts';
export type { ChangeListener, SessionChange } from './domain/changes.ts';
export { type ErrorCode, SessionsError } from './domain/errors.ts';
export type { Stats } from './domain/figures/stats.ts';
export { asJsonText, fromJsonText, type JsonText, toJsonText } from './domain/json.ts';
export type { Opened, OpenRequest } from './domain/open-request.ts';
export type { CloseReason, Session, SessionSummary } from './domain/session.ts';
export type { SessionUpdate } from './domain/session-update.ts';
export { Sessions } from './domain/sessions.ts';
export type { SessionsSettings } from './domain/settings.ts';
export type {
  CloseMatching,
  HourCounts,
  PageRequest,
  Scan,
  ScanKey,
  SessionFilter,
  SessionLimit,
  SessionPage,
  SessionStore,
  UpdateResult,
} from './domain/store.ts';
export { type Clock, ManualClock, systemClock } from './domain/time/clock.ts';
export { elapsedTime } from './domain/time/elapsed-time.ts';
export type { WithToken } from './domain/tokens/rotation.ts';
export type { Validation } from './domain/tokens/token-validator.ts';
export { createLogger, type Logger, type LogLevel } from './observability/log.ts';
export { type RunningService, startService } from './service.ts';
export { createStore } from './stores/create-store.ts';
