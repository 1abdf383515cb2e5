/**
 * The client of the user sessions service, for Node, browsers and workers.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 *
 * const sessions = createSessionsClient({ url: 'http://localhost:8080', key: 'the key of this application' });
 * const { session, token } = await sessions.open({ user_id: '1' });
 * await sessions.close(session.id);
 */
import './transport/node-version.ts';

export type {
  CloseOptions,
  OpenOptions,
  RequestOptions,
  ValidateOptions,
  WriteOptions,
} from '@pip-sessions/contract/request-options';
export type { EndReason, SessionReader } from '@pip-sessions/contract/session-reader';
export type { AllRequest, SessionsClient } from '@pip-sessions/contract/sessions-client';
export type {
  CallOptionsV1,
  DataPageV1,
  ErrorV1,
  PagingV1,
  SessionFilterV1,
  SessionSummaryV1,
  SessionsClientV1,
  SessionV1,
  SessionV1Json,
} from '@pip-sessions/contract/v1';
export { pageFromJson, sessionFromJson } from '@pip-sessions/contract/v1-json';
export {
  type Authentication,
  CLOSE_REASONS,
  type CloseManyRequest,
  type CloseManyResult,
  type CloseOwnRequest,
  type CloseReason,
  type EraseResult,
  type InactiveReason,
  type KeyList,
  type KeyUse,
  type ListRequest,
  type MergePatch,
  type OpenRequest,
  type OpenResult,
  type OwnRequest,
  type OwnSessionPage,
  PROBLEM_CODES,
  type Problem,
  type ProblemCode,
  type RotateRequest,
  type RotateResult,
  type Session,
  type SessionCheck,
  type SessionCheckList,
  type SessionFilter,
  type SessionPage,
  type SessionSummary,
  type Stats,
  type StatsHour,
  type UpdateRequest,
  type Validation,
  type ValidationList,
} from '@pip-sessions/contract/v2';
export {
  type CachedSessionsClient,
  type CachedSessionsClientOptions,
  type CacheStats,
  createCachedSessionsClient,
} from './cached/cached-client.ts';
export {
  type CallErrorCode,
  type ErrorCategory,
  SessionsCallError,
  type SessionsError,
  SessionsServiceError,
} from './transport/errors.ts';
export { type CallOptions, type CorrelationIdPlace, RETRIES_MAX, TIMEOUT_MS_MAX } from './transport/options.ts';
export type { CallSpan, ClientTracing, TracedCall } from './transport/tracing.ts';
export { createSessionsV1Client } from './v1/client.ts';
export { createSessionsClient } from './v2/client.ts';
export {
  InvalidDataError,
  NotFoundError,
  type ProblemResponse,
  RevisionConflictError,
  ServiceUnavailableError,
  SessionClosedError,
  SessionLimitError,
  SessionsProblemError,
  TooManyRequestsError,
  UnauthorizedError,
} from './v2/errors.ts';
export type { SessionsClientOptions } from './v2/request.ts';
