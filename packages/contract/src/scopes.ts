/** The scopes of API keys. Each scope includes those before it. */
export const SCOPES = ['validate', 'write', 'admin'] as const;
/** The scope of an API key: one of `SCOPES`. */
export type Scope = (typeof SCOPES)[number];

/** Whether a key with the scope `held` may call a route that needs the scope `needed`. */
export function includesScope(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed);
}
