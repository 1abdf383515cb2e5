import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { Type } from '#typebox';
import { AUTHENTICATION, PresentedToken, SECONDS_MAX, Token } from './schema-fields.ts';
import { closed, oneOf, Session } from './session-schemas.ts';

/** The requests and responses of the routes with tokens. */
export const TOKEN_SCHEMAS = {
  ValidateRequest: Type.Object(
    {
      token: PresentedToken,
      max_age: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: SECONDS_MAX,
          description:
            'Maximum age of the session in the cache of the service, in seconds; an older one is read from the store',
        }),
      ),
      touch: Type.Optional(
        Type.Boolean({ description: 'False if the validation does not count as activity; default true' }),
      ),
    },
    closed,
  ),
  Validation: Type.Union([
    Type.Object(
      {
        active: Type.Literal(true, { description: 'The token is valid' }),
        session: Session,
        max_age: Type.Number({
          description: 'Seconds for which a client that follows /v2/changes may cache the response',
        }),
        age: Type.Number({ description: 'Seconds since the service read the session from its store' }),
      },
      closed,
    ),
    Type.Object(
      {
        active: Type.Literal(false, { description: 'The token is not valid' }),
        reason: oneOf(
          ['unknown', ...CLOSE_REASONS],
          'Why the session ended; unknown if the token belongs to no session',
        ),
      },
      closed,
    ),
  ]),
  RotateRequest: Type.Object({ token: PresentedToken, ...AUTHENTICATION }, closed),
  RotateResult: Type.Object({ session: Session, token: Token }, closed),
} as const;
