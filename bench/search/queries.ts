import { ACTOR, ADMINISTRATOR, FREQUENT_CLIENT, RARE_ADDRESS, RARE_BLOCK, RARE_CLIENT, RARE_NAME } from './sessions.ts';

const HOUR_MS = 3_600_000;

/** The members of each filter. The first sessions were opened 30 days ago and end in two days. */
export function queries(now: number): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const inHours = (hours: number) => new Date(now + hours * HOUR_MS).toISOString();
  return {
    'rare address': { address: RARE_ADDRESS },
    'address of nobody': { address: '192.0.2.1' },
    'block /24': { address: RARE_BLOCK },
    'block /8, 1 in 300': { address: '93.0.0.0/8' },
    'block /8, 1 in 5': { address: '10.0.0.0/8' },
    'block /8 of nobody': { address: '13.0.0.0/8' },
    'IPv6 block /48': { address: '2001:db8:77::/48' },
    'rare user_name': { user_name: RARE_NAME.toLowerCase() },
    'frequent user_name': { user_name: 'mar' },
    'user_name of nobody': { user_name: 'xavier' },
    'rare client': { client: RARE_CLIENT },
    'frequent client': { client: FREQUENT_CLIENT },
    'client of nobody': { client: 'curl/8.5' },
    'rare address, active': { address: RARE_ADDRESS, active: 'true' },
    'rare address, ended': { address: RARE_ADDRESS, active: 'false' },
    'rare client, frequent user_name': { client: RARE_CLIENT, user_name: 'mar' },
    'frequent block, rare user_name': { address: '10.0.0.0/8', user_name: RARE_NAME },
    'frequent client, rare user_name': { client: FREQUENT_CLIENT, user_name: RARE_NAME },
    'frequent client, closed_by of nobody': { client: FREQUENT_CLIENT, closed_by: 'key:nobody' },
    'frequent block, closed_by of nobody': { address: '10.0.0.0/8', closed_by: 'key:nobody' },
    'rare address, with total': { address: RARE_ADDRESS, total: 'true' },
    actor_id: { actor_id: ACTOR },
    'actor_id of nobody': { actor_id: 'nobody' },
    actor_type: { actor_type: 'user' },
    'actor_type of nobody': { actor_type: 'agent' },
    'closed_by, 1 in 50,000': { closed_by: ADMINISTRATOR },
    'closed_by of nobody': { closed_by: 'key:nobody' },
    'close_reason of none': { close_reason: 'compromised' },
    'opened_before, the oldest hour': { opened_before: inHours(-719) },
    'to_time, 1 in 30': { to_time: inHours(-696) },
    'active since this hour began, ended': { from_time: inHours(-0.5), active: 'false' },
    'expires_before, few': { expires_before: inHours(48.05) },
    'expires_before, 1 in 30': { expires_before: inHours(72) },
    'expires_before, none': { expires_before: inHours(1) },
    'nothing, all sessions': {},
  };
}
