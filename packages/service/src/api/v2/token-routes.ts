import { invalidMember, SessionsError } from '../../domain/errors.ts';
import type { ValidateOptions, Validation } from '../../domain/tokens/token-validator.ts';
import type { Caller } from '../caller.ts';
import { toAuthentication } from './input.ts';
import { type Route, type RouteContext, route } from './route.ts';
import type { Of } from './schemas.ts';
import { rotatedText, validationListText, validationText } from './wire.ts';

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
      try {
        const rotated = await sessions.rotate(token, toAuthentication(members));
        return { text: rotatedText(rotated, sessions.now()), revision: rotated.session.revision };
      } catch (error) {
        if (error instanceof SessionsError && error.code === 'TOKEN_UNKNOWN')
          suspicious('unknown_token', token, caller.address);
        if (error instanceof SessionsError && error.details?.reason === 'compromised') {
          suspicious('compromised_session', token, caller.address);
        }
        throw error;
      }
    },
  }),
];

/** Returns the options of the domain. */
function toValidateOptions({ max_age, touch }: Omit<Of<'ValidateRequest'>, 'token'>): ValidateOptions {
  return { age_ms_max: max_age === undefined ? undefined : max_age * 1000, is_passive: touch === false };
}

function report({ suspicious }: RouteContext, { address }: Caller, token: string, validation: Validation): void {
  if (validation.active) return;
  if (validation.reason === 'unknown') suspicious('unknown_token', token, address);
  if (validation.reason === 'compromised') suspicious('compromised_session', token, address);
}
