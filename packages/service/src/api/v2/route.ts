import { ROUTES_V2, type RouteNameV2, type RouteV2 } from '@pip-sessions/contract/routes';
import type { ProblemCode } from '@pip-sessions/contract/v2';
import type { TSchema } from '#typebox';
import type { AuditEvent } from '../../domain/audit-event.ts';
import { invalidMember, SessionsError } from '../../domain/errors.ts';
import type { Session } from '../../domain/session.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { bodyBytesMax } from '../body-bounds.ts';
import type { Caller } from '../caller.ts';
import { inputCheck } from '../input-check.ts';
import type { KeyUses } from '../key-uses.ts';
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
  /** The properties of its line in the audit log. Absent: no line, although the route is audited. */
  readonly audit?: Readonly<Record<string, unknown>>;
  /** The id of the session that was opened, for the log. */
  readonly opened?: string;
  /** `userHash` of the user whose data was erased, for the log. */
  readonly user_id_hash?: string;
}

/** A response that is sent in parts. */
export interface RouteStream {
  /** Parts of the body; a fault throws. */
  readonly parts: AsyncIterable<string>;
  /** `userHash` of the user whose data is exported, for the log. */
  readonly user_id_hash: string;
}

export type SuspiciousEvent = 'unknown_token' | 'compromised_session';

export interface RouteContext {
  readonly sessions: Sessions;
  /** Maximum size of `user` and of `data`. */
  readonly value_bytes_max: number;
  /** Returns the API keys of the service with their use. */
  readonly keyUses: () => Promise<KeyUses>;
  /** Called when a validation or rotation shows something suspicious, for the log. */
  readonly suspicious: (event: SuspiciousEvent, token: string, address: string) => void;
}

/** The form of a route of API v2 on the wire, and the scope that it requires. */
interface RouteForm extends RouteV2 {
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
  /** The event that the audit log has for each request that was carried out. */
  readonly audited?: AuditEvent;
}

/** A route of API v2 with its use case. */
export interface Route extends RouteForm {
  readonly run: (context: RouteContext, request: RouteRequest) => Promise<RouteAnswer>;
}

/** A route whose response is lines of JSON, each with the schema of its result. */
export interface StreamRoute extends RouteForm {
  readonly stream: (context: RouteContext, request: RouteRequest) => RouteStream;
}

/** A route whose response ends. */
export type AnyRoute = Route | StreamRoute;

type Definition<N extends SchemaName> = Pick<Route, 'summary'> &
  Partial<Pick<Route, 'status' | 'problems' | 'audited'>> & { readonly input: N };
type UseCase<N extends SchemaName, Result> = (
  context: RouteContext,
  request: RouteRequest & { readonly input: Of<N> },
) => Result;

export function route<N extends SchemaName>(
  name: RouteNameV2,
  { run, ...definition }: Definition<N> & { readonly run: UseCase<N, Promise<RouteAnswer>> },
): Route {
  const { form, checked } = formOf(name, definition);
  return { ...form, run: checked(run) };
}

export function streamRoute<N extends SchemaName>(
  name: RouteNameV2,
  { stream, ...definition }: Definition<N> & { readonly stream: UseCase<N, RouteStream> },
): StreamRoute {
  const { form, checked } = formOf(name, definition);
  return { ...form, stream: checked(stream) };
}

/** Returns the form of a route, and a function that makes a use case check its request. */
function formOf<N extends SchemaName>(name: RouteNameV2, definition: Definition<N>) {
  const schema = SCHEMAS[definition.input] as TSchema;
  const check = inputCheck(schema);
  const contract = ROUTES_V2[name];
  const hasId = contract.path.includes('{id}');
  const form: RouteForm = {
    ...contract,
    name,
    result: contract.result as RouteForm['result'],
    status: 200,
    problems: [],
    ...definition,
    body_bytes_max: bodyBytesMax(schema),
  };
  const checked =
    <Result>(use: UseCase<N, Result>) =>
    (context: RouteContext, request: RouteRequest): Result => {
      if (hasId) assertStorable('id', request.id);
      assertRevision(request.revision);
      check(request.input);
      return use(context, request as RouteRequest & { readonly input: Of<N> });
    };
  return { form, checked };
}

/** Throws `INVALID_DATA` for a value that cannot be a revision. */
function assertRevision(revision: unknown): void {
  if (revision === undefined || (Number.isSafeInteger(revision) && Number(revision) >= 0)) return;
  throw invalidMember('If-Match', 'must be the revision of the session, a whole number');
}

export function answerOf(sessions: Sessions, session: Session | null): RouteAnswer {
  const found = existing(session);
  return { text: sessionText(found, sessions.now()), revision: found.revision };
}

/** Throws `SESSION_NOT_FOUND` for null. */
export function existing(session: Session | null): Session {
  if (session) return session;
  throw new SessionsError('SESSION_NOT_FOUND', 'There is no session with this id.');
}
