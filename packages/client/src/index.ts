/**
 * The client of the user sessions service, for Node, browsers and workers.
 *
 * @example
 * import { createSessionsV1Client } from '@pip-sessions/client';
 *
 * const sessions = createSessionsV1Client({ url: 'http://localhost:8080' });
 * const session = await sessions.openSession('123', '1', 'User 1', 'localhost', 'test', null, 'abc');
 */
import './node-version.ts';

export type { CallOptions, CorrelationIdPlace } from './call-options.ts';
export type { SessionsClientOptions } from './call-v2.ts';
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
  type Authentication,
  CLOSE_REASONS,
  type CloseManyRequest,
  type CloseManyResult,
  type CloseReason,
  type InactiveReason,
  type ListRequest,
  type MergePatch,
  type OpenRequest,
  type OpenResult,
  PROBLEM_CODES,
  type Problem,
  type ProblemCode,
  type RotateRequest,
  type RotateResult,
  type Session,
  type SessionFilter,
  type SessionPage,
  type SessionSummary,
  type Stats,
  type StatsHour,
  type UpdateRequest,
  type Validation,
} from './contract/v2.ts';
export {
  type CallErrorCode,
  type ErrorCategory,
  SessionsCallError,
  type SessionsError,
  SessionsServiceError,
} from './errors.ts';
export {
  type CachedSessionsClient,
  type CachedSessionsClientOptions,
  type CacheStats,
  createCachedSessionsClient,
} from './near-cache/cached-client.ts';
export {
  InvalidDataError,
  NotFoundError,
  type ProblemAnswer,
  RevisionConflictError,
  ServiceUnavailableError,
  SessionClosedError,
  SessionLimitError,
  SessionsProblemError,
  TooManyRequestsError,
  UnauthorizedError,
} from './problems.ts';
export type { CloseOptions, OpenOptions, RequestOptions, ValidateOptions, WriteOptions } from './request-options.ts';
export type { SessionReader } from './session-reader.ts';
export type { AllRequest, SessionsClient } from './sessions-client.ts';
export { createSessionsV1Client } from './sessions-v1.ts';
export { createSessionsClient } from './sessions-v2.ts';
