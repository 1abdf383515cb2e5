import { SessionsError } from '../../domain/errors.ts';
import { toAuthentication } from './input.ts';
import { type Route, route } from './route.ts';
import { rotatedText, validationText } from './wire.ts';

/** The routes of callers that have a token. */
export const TOKEN_ROUTES: readonly Route[] = [
  route('validateToken', {
    summary: 'Validates a token and returns its session; counts as activity, unless touch is false',
    input: 'ValidateRequest',
    run: async ({ sessions, suspicious }, { caller, input: { token, max_age, touch } }) => {
      const validation = await sessions.validate(token, {
        age_ms_max: max_age === undefined ? undefined : max_age * 1000,
        is_passive: touch === false,
      });
      if (!validation.active && validation.reason === 'unknown') suspicious('unknown_token', token, caller.address);
      if (!validation.active && validation.reason === 'compromised')
        suspicious('compromised_session', token, caller.address);
      return { text: validationText(validation, sessions.now()) };
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
