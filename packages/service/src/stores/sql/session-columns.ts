import type { Session } from '../../domain/session.ts';

/** Properties of a session that a table stores as text: null if they are empty. */

export function methodsText(methods: readonly string[]): string | null {
  return methods.length === 0 ? null : JSON.stringify(methods);
}

export function methodsFrom(text: string | null): readonly string[] {
  return text === null ? NO_METHODS : JSON.parse(text);
}

export function tokenText(token: Session['token']): string | null {
  return token === null ? null : JSON.stringify(token);
}

export function tokenFrom(text: string | null): Session['token'] {
  return text === null ? null : JSON.parse(text);
}

const NO_METHODS: readonly string[] = Object.freeze([]);
