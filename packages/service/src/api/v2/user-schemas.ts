import { Type } from '#typebox';
import { Name, Time } from './schema-fields.ts';
import { closed, Session } from './session-schemas.ts';

/** The requests and responses of the routes about one user. */
export const USER_SCHEMAS = {
  UserRequest: Type.Object({ user_id: Name('The user') }, closed),
  ExportLine: Type.Union([
    Type.Object(
      {
        type: Type.Literal('session', { description: 'A session of the user, live or ended' }),
        session: Session,
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('end', { description: 'The last line: without it, the response is incomplete' }),
        sessions: Type.Integer({ description: 'The number of sessions in the lines before' }),
      },
      closed,
    ),
  ]),
  EraseResult: Type.Object(
    {
      user_id_hash: Type.String({ description: 'SHA-256 of the user_id, in hex' }),
      time: Time('When the erasure began'),
      erased: Type.Integer({ description: 'The number of sessions that this request deleted' }),
      closed: Type.Integer({ description: 'How many of them were live' }),
      more: Type.Boolean({ description: 'Whether the user may have sessions left; repeat the request then' }),
    },
    closed,
  ),
} as const;
