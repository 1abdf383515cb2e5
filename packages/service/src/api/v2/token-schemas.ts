import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { TOKENS_MAX } from '@pip-sessions/contract/v2';
import { Type } from '#typebox';
import { AUTHENTICATION, PresentedToken, SECONDS_MAX, Token } from './schema-fields.ts';
import { closed, oneOf, Session } from './session-schemas.ts';

const VALIDATE_OPTIONS = {
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
};

const Validation = Type.Union([
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
      reason: oneOf(['unknown', ...CLOSE_REASONS], 'Why the session ended; unknown if the token belongs to no session'),
    },
    closed,
  ),
]);

/** The requests and responses of the routes with tokens. */
export const TOKEN_SCHEMAS = {
  ValidateRequest: Type.Object({ token: PresentedToken, ...VALIDATE_OPTIONS }, closed),
  ValidateManyRequest: Type.Object(
    {
      tokens: Type.Array(PresentedToken, { minItems: 1, maxItems: TOKENS_MAX, description: 'At most 256 tokens' }),
      ...VALIDATE_OPTIONS,
    },
    closed,
  ),
  Validation,
  ValidationList: Type.Object(
    { results: Type.Array(Validation, { description: 'One result per token, in the order of the tokens' }) },
    closed,
  ),
  RotateRequest: Type.Object({ token: PresentedToken, ...AUTHENTICATION }, closed),
  RotateResult: Type.Object({ session: Session, token: Token }, closed),
} as const;
