import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { CHECKED_IDS_MAX } from '@pip-sessions/contract/session-check';
import { TOKENS_MAX } from '@pip-sessions/contract/v2';
import { Type } from '#typebox';
import {
  AUTHENTICATION,
  CLOSE_MANY_MAX,
  FILTER,
  ITEMS,
  Name,
  PAGE,
  PresentedToken,
  SECONDS_MAX,
  Token,
} from './schema-fields.ts';
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

const Checked = { id: Type.String({ description: 'The id of the session' }) };

const SessionCheck = Type.Union([
  Type.Object(
    {
      ...Checked,
      active: Type.Literal(true, { description: 'The session is live' }),
      revision: Type.Integer({ description: 'Grows with every change but a touch' }),
      expires_in: Type.Union([Type.Integer(), Type.Null()], {
        description: 'Whole seconds until the session ends without further activity; null if it has no deadline',
      }),
    },
    closed,
  ),
  Type.Object(
    {
      ...Checked,
      active: Type.Literal(false, { description: 'The session has ended' }),
      reason: oneOf(['unknown', ...CLOSE_REASONS], 'Why the session ended; unknown if no session has this id'),
    },
    closed,
  ),
]);

/** The requests and responses of the routes with tokens, and of checks. */
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
  CheckRequest: Type.Object(
    {
      ids: Type.Array(Name('An id'), { minItems: 1, maxItems: CHECKED_IDS_MAX, description: 'At most 256 ids' }),
    },
    closed,
  ),
  SessionCheckList: Type.Object(
    { results: Type.Array(SessionCheck, { description: 'One result per id, in the order of the ids' }) },
    closed,
  ),
  RotateRequest: Type.Object({ token: PresentedToken, ...AUTHENTICATION }, closed),
  RotateResult: Type.Object({ session: Session, token: Token }, closed),
  OwnRequest: Type.Object(
    {
      token: PresentedToken,
      active: FILTER.active,
      ...PAGE,
    },
    closed,
  ),
  OwnSessionPage: Type.Object(
    {
      ...ITEMS,
      current: Type.String({ description: 'The id of the session of the token' }),
    },
    closed,
  ),
  CloseOwnRequest: Type.Object(
    {
      token: PresentedToken,
      ids: Type.Optional(
        Type.Array(Name('An id'), {
          maxItems: CLOSE_MANY_MAX,
          description: 'Ids of the sessions to close. Sessions of other users and unknown ids are ignored',
        }),
      ),
      others: Type.Optional(
        Type.Literal(true, {
          description: 'Close all live sessions of the user but that of the token. Either ids or others is required',
        }),
      ),
    },
    closed,
  ),
} as const;
