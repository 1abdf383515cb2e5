import { ROUTES_V2, type RouteV2 } from '@pip-sessions/contract/routes';

/** The stream of changes. Unlike the other routes it has no single response. */
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

/** The description of the stream for listeners, in the OpenAPI document. */
export const CHANGES_DESCRIPTION = `The data of each event is JSON.

- \`hello\` is the first event: \`{"time"}\`, the time at which the service accepted the request, in milliseconds of a
  clock of this node.
- \`change\`: \`{"id", "revision", "close_reason"}\` for a session that was opened, changed or ended; \`close_reason\`
  is null while the session is open. \`{"id", "removed": true}\` for a session that was deleted. Touches are not
  published. Events of one session may arrive in another order than they occurred: ignore an event whose \`revision\`
  is not higher than the last one. A session with a \`close_reason\` never becomes live again, and its revision is the
  last one. After \`removed\`, the same id can be opened again with its idempotency key, from revision 1 on.
- \`gap\`: changes may have been missed. Do not use anything that was cached before.
- \`heartbeat\`, every second: \`{"time"}\`, the watermark. All changes before this time have been published. No
  heartbeat is sent while the node is cut off from its store. Use cached responses for at most 3 seconds after the
  last watermark.

The header \`Sessions-Change-Kinds\` selects the kinds of changes: some of \`opened\`, \`changed\`, \`ended\`,
\`removed\`, separated by commas. A client that caches responses does not need \`opened\`: it has cached nothing for a
session that did not exist. With fewer than all kinds, heartbeats have an \`id\` too.

A client that reconnects with the id of its last event as \`Last-Event-ID\` gets the later events, or a \`gap\`. The
service closes the stream of a listener that reads too slowly.`;
