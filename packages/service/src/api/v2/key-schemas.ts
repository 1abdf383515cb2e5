import { SCOPES } from '@pip-sessions/contract/scopes';
import { Type } from '#typebox';
import { nullable, Time } from './schema-fields.ts';
import { closed, oneOf } from './session-schemas.ts';

/** The response of the route about API keys. */
export const KEY_SCHEMAS = {
  KeyList: Type.Object(
    {
      since: Time('No use of a key at this node after this time is missing: it is the start of the node'),
      items: Type.Array(
        Type.Object(
          {
            name: Type.String({ description: 'The name that the operator gave to the key' }),
            scope: oneOf(SCOPES, 'What the key allows'),
            expires: nullable(Type.String({ format: 'date-time' }), 'From then on the key is rejected; null for never'),
            last_used: nullable(
              Type.String({ format: 'date-time' }),
              'The last request with the key that was accepted as valid; null for none since `since`',
            ),
            uses: Type.Integer({ description: 'The number of these requests' }),
          },
          closed,
        ),
        { description: 'The keys in the order of the settings' },
      ),
    },
    closed,
  ),
} as const;
