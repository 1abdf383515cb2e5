import type { COMMANDS_V1 } from '@pip-sessions/contract/routes';
import { errorExample } from '../error-examples.ts';
import { EXAMPLE_ID, EXAMPLE_USER } from '../example-session.ts';

type CommandName = (typeof COMMANDS_V1)[keyof typeof COMMANDS_V1]['name'];

const OF_SESSION = { session_id: EXAMPLE_ID };

/** An example body of each command. It succeeds once the session of the example is open. */
const REQUEST_EXAMPLES: Readonly<Record<CommandName, object>> = {
  get_sessions: {
    filter: { user_id: EXAMPLE_USER.user_id, active: true },
    paging: { skip: 0, take: 10, total: true },
  },
  get_session_by_id: OF_SESSION,
  open_session: EXAMPLE_USER,
  store_session_data: { ...OF_SESSION, data: { cart: ['apple'] } },
  update_session_user: { ...OF_SESSION, user: { roles: ['customer', 'reviewer'] } },
  close_session: OF_SESSION,
  close_expired_sessions: {},
  delete_session_by_id: OF_SESSION,
};

const { user_id, user_name, address, client, user, data } = EXAMPLE_USER;
const SUMMARY = {
  id: EXAMPLE_ID,
  user_id,
  user_name,
  active: true,
  open_time: '2026-01-01T00:00:00.000Z',
  request_time: '2026-01-01T00:00:00.000Z',
  address,
  client,
};

/** An example of each named schema of the OpenAPI document. */
export const EXAMPLES = {
  SessionV1: { ...SUMMARY, user, data },
  SessionSummaryV1: SUMMARY,
  DataPageV1: { total: 1, data: [SUMMARY] },
  ErrorV1: errorExample('INVALID_DATA'),
};

export function requestExample(command: string): object {
  return REQUEST_EXAMPLES[command as CommandName];
}
