import type { ProblemCode } from '@pip-sessions/contract/v2';
import { invalidMember, SessionsError } from '../../domain/errors.ts';
import type { ValidateOptions, Validation } from '../../domain/tokens/token-validator.ts';
import { closeOwn, scanOwn } from '../../domain/users/own-sessions.ts';
import type { Caller } from '../caller.ts';
import { parseCursor } from './cursor.ts';
import { toAuthentication } from './input.ts';
import { type Route, type RouteContext, route } from './route.ts';
import { CLOSE_MANY_MAX } from './schema-fields.ts';
import type { Of } from './schemas.ts';
import { closedText, ownPageText, rotatedText, validationListText, validationText } from './wire.ts';

const OWN_PROBLEMS: readonly ProblemCode[] = ['TOKEN_UNKNOWN', 'SESSION_CLOSED', 'ACTOR_SESSION'];

/**
 * The maximum size of a list of validations. Clients reject responses above 16 MiB, and a caller may have at most 16 MiB
 * of unread responses in the memory of the service.
 */
const VALIDATION_LIST_BYTES_MAX = 4_194_304;
const TOO_LARGE = `have sessions of more than ${VALIDATION_LIST_BYTES_MAX} bytes together; request fewer tokens`;

/** The routes of callers that have a token. */
export const TOKEN_ROUTES: readonly Route[] = [
  route('validateToken', {
    summary: 'Validates a token and returns its session; counts as activity, unless touch is false',
    input: 'ValidateRequest',
    run: async (context, { caller, input: { token, ...options } }) => {
      const { sessions } = context;
      const validation = await sessions.validate(token, toValidateOptions(options));
      report(context, caller, token, validation);
      return { text: validationText(validation, sessions.now()) };
    },
  }),
  route('validateTokens', {
    summary: 'Validates up to 256 tokens, each as /v2/sessions/validate does; the response has at most 4 MiB',
    input: 'ValidateManyRequest',
    run: async (context, { caller, input: { tokens, ...options } }) => {
      const { sessions } = context;
      const validations = await sessions.validateMany(tokens, toValidateOptions(options));
      for (const [index, validation] of validations.entries()) report(context, caller, tokens[index] ?? '', validation);
      const text = validationListText(validations, sessions.now(), VALIDATION_LIST_BYTES_MAX);
      if (text !== null) return { text };
      throw invalidMember('tokens', TOO_LARGE);
    },
  }),
  route('rotateToken', {
    summary: 'Replaces a token by a new one, the same for every request with the old token within the grace period',
    input: 'RotateRequest',
    problems: ['TOKEN_UNKNOWN', 'TOKEN_REPLACED', 'SESSION_CLOSED'],
    run: async ({ sessions, suspicious }, { caller, input: { token, ...members } }) => {
      const call = sessions.rotate(token, toAuthentication(members));
      const rotated = await call.catch(rethrown(suspicious, token, caller));
      return { text: rotatedText(rotated, sessions.now()), revision: rotated.session.revision };
    },
  }),
  route('listOwnSessions', {
    summary: "A page of the sessions of the token's own user, newest first; counts as activity of the token's session",
    input: 'OwnRequest',
    problems: OWN_PROBLEMS,
    run: async ({ sessions, suspicious }, { caller, input: { token, active, limit, cursor } }) => {
      const page = {
        ...(active !== undefined && { active }),
        after: cursor === undefined ? null : parseCursor(cursor),
        take: limit ?? Number.MAX_SAFE_INTEGER,
      };
      const scan = await scanOwn(sessions, token, page).catch(rethrown(suspicious, token, caller));
      return { text: ownPageText(scan, sessions.now()) };
    },
  }),
  route('closeOwnSessions', {
    summary: "Closes live sessions of the token's own user; counts as activity of the token's session",
    input: 'CloseOwnRequest',
    audited: 'sessions_closed',
    problems: OWN_PROBLEMS,
    run: async ({ sessions, suspicious }, { caller, input: { token, ids, others } }) => {
      if ((ids === undefined) === (others === undefined)) throw oneOfIdsAndOthers();
      const closed = await closeOwn(sessions, token, { ids, limit: CLOSE_MANY_MAX }).catch(
        rethrown(suspicious, token, caller),
      );
      return { text: closedText(closed), audit: { reason: 'revoked', closed_by: 'user', count: closed.ids.length } };
    },
  }),
];

/** Returns a function that logs the error of a token that may be guessed or stolen, and throws it again. */
function rethrown(suspicious: RouteContext['suspicious'], token: string, { address }: Caller) {
  return (error: unknown): never => {
    const { code, details } = error instanceof SessionsError ? error : {};
    if (code === 'TOKEN_UNKNOWN') suspicious('unknown_token', token, address);
    if (details?.reason === 'compromised') suspicious('compromised_session', token, address);
    throw error;
  };
}

function oneOfIdsAndOthers(): SessionsError {
  const message = 'Exactly one of ids and others is required: ids for some sessions, others for all but this one.';
  return new SessionsError('INVALID_DATA', message, { details: { members: ['ids', 'others'] } });
}

/** Returns the options of the domain. */
function toValidateOptions({ max_age, touch }: Omit<Of<'ValidateRequest'>, 'token'>): ValidateOptions {
  return { age_ms_max: max_age === undefined ? undefined : max_age * 1000, is_passive: touch === false };
}

function report({ suspicious }: RouteContext, { address }: Caller, token: string, validation: Validation): void {
  if (validation.active) return;
  if (validation.reason === 'unknown') suspicious('unknown_token', token, address);
  if (validation.reason === 'compromised') suspicious('compromised_session', token, address);
}
