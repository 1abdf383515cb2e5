import { ROUTES_V2, type RouteV2 } from '@pip-sessions/contract/routes';

/** The stream of changes, which is no request with one response as the others are. */
export interface ChangesRoute extends RouteV2 {
  readonly name: 'followChanges';
  readonly summary: string;
  readonly problems: readonly ['INVALID_DATA'];
}

export const CHANGES_ROUTE: ChangesRoute = {
  ...ROUTES_V2.followChanges,
  name: 'followChanges',
  summary: 'Every change of a session as a server-sent event, as it happens',
  problems: ['INVALID_DATA'],
};

/** What listeners have to know, for the reference. */
export const CHANGES_DESCRIPTION = `Each event has JSON as its data.

- \`hello\` comes first: \`{"time"}\`, the moment at which the request was taken, in milliseconds of a clock of this node.
- \`change\`: \`{"id", "revision", "close_reason"}\` of a session that was opened, changed or ended (\`close_reason\` is null
  while it is open), or \`{"id", "removed": true}\` of one that was deleted. Touches are not published. Events of one session can
  arrive in another order than they happened in: compare \`revision\`, and ignore an event that is not above the last one.
  A session with a \`close_reason\` never comes back, and its revision is the last. After \`removed\`, the same id can be opened
  again by its idempotency key, from revision 1 on.
- \`gap\`: changes may have been missed; nothing that was kept is to be trusted.
- \`heartbeat\`, every second: \`{"time"}\`, the moment up to which every change has been told. It is left out while the node
  is cut off from its store. Who keeps answers serves them for 3 seconds after that moment at most.

The header \`Sessions-Change-Kinds\` chooses what is told: some of \`opened\`, \`changed\`, \`ended\`, \`removed\`, separated by
commas. Who keeps answers needs no \`opened\`: no answer was kept of a session before it was there. With fewer than all kinds,
heartbeats have an \`id\` too.

Whoever comes back with the id of the last event as \`Last-Event-ID\` hears what came after it, or a \`gap\`. A listener that
reads too slowly is cut off.`;
