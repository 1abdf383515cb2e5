import type { RouteNameV2 } from '@pip-sessions/contract/routes';
import { userHash } from '../../domain/ids.ts';
import { problemExample } from '../error-examples.ts';
import { EXAMPLE_ID, EXAMPLE_TOKEN, EXAMPLE_USER } from '../example-session.ts';
import type { Of, SchemaName } from './schemas.ts';

const { user_id, user_name, address, client, user, data } = EXAMPLE_USER;

const SUMMARY: Of<'SessionSummary'> = {
  id: EXAMPLE_ID,
  user_id,
  user_name,
  address,
  client,
  active: true,
  open_time: '2026-01-01T00:00:00.000Z',
  request_time: '2026-01-01T00:00:00.000Z',
  idle_timeout: 86_400,
  expire_time: null,
  expires_in: 86_400,
  close_time: null,
  close_reason: null,
  closed_by: null,
  revision: 1,
  auth_time: '2026-01-01T00:00:00.000Z',
  auth_methods: ['pwd'],
  auth_level: 1,
  actor: null,
};
const SESSION: Of<'Session'> = { ...SUMMARY, user, data };

const VALIDATION: Of<'Validation'> = { active: true, session: SESSION, max_age: 60, age: 0 };

/** An example of each named schema of the OpenAPI document. Requests succeed once the session of the example is open. */
export const EXAMPLES: {
  readonly [Name in Exclude<SchemaName, 'Empty' | 'AnyJson' | 'ListQuery'>]: Of<Name>;
} = {
  OpenRequest: { ...EXAMPLE_USER, auth_methods: ['pwd'], auth_level: 1 },
  OpenResult: { session: SESSION, token: EXAMPLE_TOKEN, evicted: [] },
  ValidateRequest: { token: EXAMPLE_TOKEN },
  ValidateManyRequest: { tokens: [EXAMPLE_TOKEN], touch: false },
  Validation: VALIDATION,
  ValidationList: { results: [VALIDATION] },
  CheckRequest: { ids: [EXAMPLE_ID] },
  SessionCheckList: { results: [{ id: EXAMPLE_ID, active: true, revision: 1, expires_in: 86_400 }] },
  RotateRequest: { token: EXAMPLE_TOKEN, auth_methods: ['pwd', 'otp'], auth_level: 2 },
  RotateResult: {
    session: { ...SESSION, revision: 2, auth_methods: ['pwd', 'otp'], auth_level: 2 },
    token: EXAMPLE_TOKEN,
  },
  Session: SESSION,
  SessionSummary: SUMMARY,
  SessionPage: { items: [SUMMARY], next_cursor: null },
  OwnRequest: { token: EXAMPLE_TOKEN, active: true },
  OwnSessionPage: { items: [SUMMARY], next_cursor: null, current: EXAMPLE_ID },
  CloseOwnRequest: { token: EXAMPLE_TOKEN, others: true },
  UpdateRequest: { idle_timeout: 600, client: 'Firefox on Android' },
  CloseRequest: { reason: 'revoked' },
  CloseManyRequest: { filter: { user_id, active: true }, reason: 'revoked' },
  CloseManyResult: { ids: [EXAMPLE_ID], more: false },
  UserRequest: { user_id },
  ExportLine: { type: 'session', session: SESSION },
  EraseResult: {
    user_id_hash: userHash(user_id),
    time: '2026-01-01T00:00:00.000Z',
    erased: 1,
    closed: 1,
    more: false,
  },
  Stats: {
    live: 1,
    opened: 2,
    closed: { revoked: 1 },
    hours: [{ hour: '2026-01-01T00:00:00.000Z', opened: 2, closed: { revoked: 1 } }],
    sweep: { time: '2026-01-01T00:15:00.000Z', closed: 0, purged: 0, lag: 0 },
  },
  KeyList: {
    since: '2026-01-01T00:00:00.000Z',
    items: [
      {
        name: 'shop',
        scope: 'write',
        expires: '2027-01-31T00:00:00.000Z',
        last_used: '2026-01-01T12:00:00.000Z',
        uses: 1_200,
      },
      { name: 'support', scope: 'admin', expires: null, last_used: null, uses: 0 },
    ],
  },
  Problem: problemExample('SESSION_NOT_FOUND'),
};

/** Example bodies of the operations that accept any JSON value. */
export const BODY_EXAMPLES: { readonly [Name in RouteNameV2]?: unknown } = {
  replaceData: { cart: ['apple'] },
  patchData: { cart: ['apple', 'pear'] },
  replaceUser: { roles: ['customer', 'reviewer'] },
};

/** The values of query parameters in the examples of `GET /v2/sessions`. */
export const QUERY_EXAMPLES: Of<'ListQuery'> = { user_id, active: true, limit: 10 };
