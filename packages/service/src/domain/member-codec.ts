import { MEMBERS, type MemberKind, type MemberName, memberNames } from './members.ts';
import type { Session, SessionSummary } from './session.ts';

/** For each kind, what makes of a value what a store has of it, or the other way; null where both are the same. */
export type Codec<From, To> = Readonly<Record<MemberKind, ((value: From) => To) | null>>;

/**
 * A function that makes a session of its members at their places in an array, as quick as one that is written by hand: the code is
 * generated once. `places` has the name of each place, also of those that are no members.
 */
export function compileReader<Cell>(
  places: readonly string[],
  codec: Codec<Cell, unknown>,
): (cells: readonly Cell[]) => Session | SessionSummary {
  const members = memberNames().filter((name) => places.includes(name));
  const values = members.map(
    (name) => `${name}: ${coded(MEMBERS[name].kind, `cells[${places.indexOf(name)}]`, codec)}`,
  );
  return new Function('codec', `return (cells) => ({ ${values.join(', ')} });`)(codec);
}

/** The other way: an array of members of a session. `others` has the code of places that are no members, by their names. */
export function compileWriter<Cell, Session>(
  places: readonly string[],
  codec: Codec<never, Cell>,
  others: Readonly<Record<string, (session: Session) => Cell>> = {},
): (session: Session) => Cell[] {
  const values = places.map((name) => {
    if (Object.hasOwn(others, name)) return `others.${name}(session)`;
    return coded(MEMBERS[name as MemberName].kind, `session.${name}`, codec);
  });
  return new Function('codec', 'others', `return (session) => [${values.join(', ')}];`)(codec, others);
}

function coded(kind: MemberKind, value: string, codec: Codec<never, unknown>): string {
  return codec[kind] === null ? value : `codec.${kind}(${value})`;
}
