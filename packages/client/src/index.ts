/**
 * The client of the user sessions service, for Node, browsers and workers.
 *
 * @example
 * import { createSessionsV1Client } from '@pip-sessions/client';
 *
 * const sessions = createSessionsV1Client({ url: 'http://localhost:8080' });
 * const session = await sessions.openSession('123', '1', 'User 1', 'localhost', 'test', null, 'abc');
 */
export type { CallOptions, CorrelationIdPlace } from './call-options.ts';
export { pageFromJson, sessionFromJson } from './contract/session-json.ts';
export {
  type CallOptionsV1,
  COMMANDS_V1,
  type CommandV1,
  type DataPageV1,
  type ErrorV1,
  type PagingV1,
  type SessionFilterV1,
  type SessionSummaryV1,
  type SessionsClientV1,
  type SessionV1,
  type SessionV1Json,
} from './contract/v1.ts';
export {
  type CallErrorCode,
  type ErrorCategory,
  SessionsCallError,
  type SessionsError,
  SessionsServiceError,
} from './errors.ts';
export { createSessionsV1Client } from './sessions-v1.ts';
