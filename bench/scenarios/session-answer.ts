/** The properties of a returned session that the checks read. */
export interface SessionAnswer {
  readonly id: string;
  readonly user_id: string;
  readonly active: boolean;
  readonly data?: unknown;
}

export function isSession(value: unknown): value is SessionAnswer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'user_id' in value &&
    typeof value.user_id === 'string' &&
    'active' in value &&
    typeof value.active === 'boolean'
  );
}
