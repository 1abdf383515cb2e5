import { MEMBERS, type MemberKind, type MemberName, memberNames } from './members.ts';
import type { Session, SessionSummary } from './session.ts';

/** The conversion of each kind of value; null if the value needs no conversion. */
export type Codec<From, To> = Readonly<Record<MemberKind, ((value: From) => To) | null>>;

/**
 * Returns a function that converts the cells of a row to a session. `places` has the name of the property in each cell;
 * other names are ignored. The function's code is generated once, so it is as fast as handwritten code.
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

/**
 * Returns a function that converts a session to the cells of a row. `others` computes the cells whose names are no
 * properties of a session.
 */
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
