import { ROUTES_V2, type RouteNameV2, type RouteV2 } from '@pip-sessions/contract/routes';
import type { ProblemCode } from '@pip-sessions/contract/v2';
import type { TSchema } from '#typebox';
import { invalidMember, SessionsError } from '../../domain/errors.ts';
import type { Session } from '../../domain/session.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { bodyBytesMax } from '../body-bounds.ts';
import type { Caller } from '../caller.ts';
import { inputCheck } from '../input-check.ts';
import { assertStorable } from '../validation.ts';
import { type Of, SCHEMAS, type SchemaName } from './schemas.ts';
import { sessionText } from './wire.ts';

/** The parts of a request of API v2. */
export interface RouteRequest {
  /** The id in the path; empty if the path has none. */
  readonly id: string;
  readonly caller: Caller;
  /** The body, or the query of a GET, as the schema describes it. */
  readonly input: unknown;
  /** The revision in `If-Match`. */
  readonly revision: number | undefined;
  readonly idempotency_key: string | null;
}

export interface RouteAnswer {
  readonly text: string;
  /** The value of the header `ETag`. */
  readonly revision?: number;
  /** The id of the session that was opened, for the log. */
  readonly opened?: string;
}

export type SuspiciousEvent = 'unknown_token' | 'compromised_session';

export interface RouteContext {
  readonly sessions: Sessions;
  /** Maximum size of `user` and of `data`. */
  readonly value_bytes_max: number;
  /** Called when a validation or rotation shows something suspicious, for the log. */
  readonly suspicious: (event: SuspiciousEvent, token: string, address: string) => void;
}

/** A route of API v2: its form on the wire, the scope that it requires, and its use case. */
export interface Route extends RouteV2 {
  readonly name: RouteNameV2;
  readonly summary: string;
  /** The schema of the body, or of the query of a GET. */
  readonly input: SchemaName;
  readonly status: 200 | 201;
  /** The schema of the response. */
  readonly result: RouteV2['result'] & SchemaName;
  /** The problems that it can return in addition to those of every request. */
  readonly problems: readonly ProblemCode[];
  /** The largest body that the schema can need, in bytes. */
  readonly body_bytes_max: number;
  readonly run: (context: RouteContext, request: RouteRequest) => Promise<RouteAnswer>;
}

type Defaults = 'status' | 'problems';

export function route<N extends SchemaName>(
  name: RouteNameV2,
  definition: Pick<Route, 'summary'> &
    Partial<Pick<Route, Defaults>> & {
      readonly input: N;
      readonly run: (context: RouteContext, request: RouteRequest & { readonly input: Of<N> }) => Promise<RouteAnswer>;
    },
): Route {
  const { run, ...rest } = definition;
  const schema = SCHEMAS[definition.input] as TSchema;
  const check = inputCheck(schema);
  const contract = ROUTES_V2[name];
  const hasId = contract.path.includes('{id}');
  return {
    ...contract,
    name,
    result: contract.result as Route['result'],
    status: 200,
    problems: [],
    ...rest,
    body_bytes_max: bodyBytesMax(schema),
    run: (context, request) => {
      if (hasId) assertStorable('id', request.id);
      assertRevision(request.revision);
      check(request.input);
      return run(context, request as RouteRequest & { readonly input: Of<N> });
    },
  };
}

/** Throws `INVALID_DATA` for a value that cannot be a revision. */
function assertRevision(revision: unknown): void {
  if (revision === undefined || (Number.isSafeInteger(revision) && Number(revision) >= 0)) return;
  throw invalidMember('If-Match', 'must be the revision of the session, a whole number');
}

export function answerOf(sessions: Sessions, session: Session | null): RouteAnswer {
  if (session) return { text: sessionText(session, sessions.now()), revision: session.revision };
  throw new SessionsError('SESSION_NOT_FOUND', 'There is no session with this id.');
}
