import { MEMBERS, type MemberKind, type MemberName, memberNames } from './members.ts';
import type { Session, SessionSummary } from './session.ts';

/** For each kind of member, how its value is converted; null where it stays as it is. */
export type Codec<From, To> = Readonly<Record<MemberKind, ((value: From) => To) | null>>;

/**
 * Returns a function that makes a session of the cells of a row. `places` names what each cell holds; names that are no members
 * are passed over. The function's code is generated once, so it is as quick as one that is written by hand.
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

/** Returns a function that makes a row of a session. `others` computes the cells of places that are no members. */
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
