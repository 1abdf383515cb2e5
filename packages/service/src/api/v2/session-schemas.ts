import { ACTOR_TYPES } from '@pip-sessions/contract/actor';
import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import {
  SESSION_PROPERTIES,
  type Session as SessionOnWire,
  type SessionProperty,
  type SessionSummary as SessionSummaryOnWire,
} from '@pip-sessions/contract/session';
import { type TSchema, Type } from '#typebox';

/** Unknown properties are an error. */
export const closed = { additionalProperties: false } as const;

export const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description });

export const CloseReason = oneOf(CLOSE_REASONS, 'Why the session ended');

const Actor = Type.Object(
  {
    type: oneOf(ACTOR_TYPES, 'What acts'),
    id: Type.String({ description: 'The actor, in the terms of the application' }),
    reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it acts' }),
  },
  closed,
);

const SUMMARY = Object.fromEntries(
  Object.entries(SESSION_PROPERTIES).map(([name, property]) => [name, schemaOf(property)]),
);

function schemaOf({ type, isNullable, description }: SessionProperty): TSchema {
  const said = description === undefined ? {} : { description };
  return isNullable ? Type.Union([valueSchema(type), Type.Null()], said) : { ...valueSchema(type), ...said };
}

function valueSchema(type: SessionProperty['type']): TSchema {
  switch (type) {
    case 'string':
      return Type.String();
    case 'boolean':
      return Type.Boolean();
    case 'time':
      return Type.String({ format: 'date-time' });
    case 'seconds':
      return Type.Number();
    case 'seconds_left':
    case 'integer':
      return Type.Integer();
    case 'close_reason':
      return CloseReason;
    case 'actor':
      return Actor;
    case 'strings':
      return Type.Array(Type.String());
  }
}

export const SessionSummary = Type.Unsafe<SessionSummaryOnWire>(Type.Object(SUMMARY, closed));
export const Session = Type.Unsafe<SessionOnWire>(
  Type.Object(
    {
      ...SUMMARY,
      user: Type.Unknown({
        description: 'The value of the application about the user; null once the session has ended',
      }),
      data: Type.Unknown({
        description: 'The value of the application for the session; null once the session has ended',
      }),
    },
    closed,
  ),
);
