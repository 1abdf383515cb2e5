import type { SessionSummary } from '@pip-sessions/contract/v2';

/** The user in one text: `Ann Lee (user-17)`, or the id alone. */
export function userText({ user_name, user_id }: Pick<SessionSummary, 'user_name' | 'user_id'>): string {
  return user_name ? `${user_name} (${user_id})` : user_id;
}
