import type { RouteNameV2 } from '@pip-sessions/contract/routes';

type OperationName = Exclude<RouteNameV2, 'followChanges'> | 'getLiveness' | 'getReadiness';

/** The notes on each operation, in the order of the page. The examples are sent in this order. */
export const OPERATIONS: Readonly<Record<OperationName, { readonly title: string; readonly notes: string }>> = {
  openSession: {
    title: 'Open a session',
    notes: `Call it after your application has authenticated the user. Send \`token\` to the user's browser or app, and do
not store it: the service itself stores only a hash. With \`SESSIONS_MAX_PER_USER\`, \`evicted\` lists the sessions that ended
for this one. Repeat the request only with an [idempotency key](#idempotency-keys). With an [actor](./concepts.md#actors), the
session ends after \`SESSIONS_ACTOR_LIFETIME_MAX\` at the latest.`,
  },
  validateToken: {
    title: 'Validate a token',
    notes: `Call it with each request of a user. A token that is not valid is a 200 with \`active: false\`, and not an error.
An error never means that the user is signed out. A rotated token that is used after its grace period closes the session
as \`compromised\`.`,
  },
  validateTokens: {
    title: 'Validate many tokens',
    notes: `For gateways and other callers that check many tokens at once: one request and one read of the store instead of
many. \`results\` has one result per token, in their order, each as [Validate a token](#validate-a-token) returns it. The same
token may occur twice.

A response has at most 4 MiB, unless the request has one token. If the sessions are larger together, because of their
\`user\` and \`data\`, the request is rejected with \`INVALID_DATA\` for \`tokens\`: request fewer tokens. The tokens have then been
validated, and their activity is counted.`,
  },
  checkSessions: {
    title: 'Check sessions by their ids',
    notes: `For callers that hold connections open: whether the sessions behind them are live. It needs no token, so it is
safe after a rotation. The service reads its store. A session past its deadline is ended first. The response has no
values of the sessions. An id that no session has is \`unknown\`.`,
  },
  rotateToken: {
    title: 'Rotate a token',
    notes: `Call it with \`auth_*\` when the user has authenticated again, and without them to renew the token. The old token
stays valid for the grace period, \`SESSIONS_ROTATION_GRACE\`. Without \`auth_*\`, all requests with the old token get the
same new token in that time, so parallel tabs stay signed in. With \`auth_*\`, the old token keeps its former
authentication, and another rotation of it is \`TOKEN_REPLACED\`.`,
  },
  listOwnSessions: {
    title: 'List own sessions',
    notes: `"Your devices", for an application whose key has no scope \`admin\`: the token proves who the user is. \`current\`
is the id of the token's session. The service reads its store, so the token of a session that has just ended lists
nothing. A session with an actor is rejected with \`ACTOR_SESSION\`. The call counts as activity, as a validation does. A
rotated token that is used after its grace period closes the session as \`compromised\`. See [Paging](#paging).`,
  },
  closeOwnSessions: {
    title: 'Close own sessions',
    notes: `Send either \`ids\` or \`others: true\`. \`ids\` may include the token's own session. Sessions of other users,
ended sessions and unknown ids are ignored; the response lists only the sessions that this request has closed. Their
\`close_reason\` is \`revoked\`, their \`closed_by\` is \`user\`. Repeat the request while \`more\` is true. Let the user
authenticate again first (ASVS 7.5.2).`,
  },
  getSession: {
    title: 'Read a session',
    notes: `An ended session is returned too, until its retention period is over: look at \`active\`. Its \`user\` and
\`data\` are null.`,
  },
  listSessions: {
    title: 'List sessions',
    notes: `A session must match all given parameters. \`total\` counts all matching sessions; the service may have to read
each of them. See [Paging](#paging), and [which parameters are fast](./operations.md#searches).`,
  },
  updateSession: {
    title: 'Change timeouts or device',
    notes: `An omitted property stays as it is. Use it for "remember me" after the sign-in, or for a changed device.`,
  },
  replaceData: {
    title: 'Replace the data',
    notes: 'The body is the new value.',
  },
  patchData: {
    title: 'Patch the data',
    notes: `The body is a merge patch (RFC 7396): null removes a property, and an array replaces the whole array. Properties
that the patch does not name stay as they are, so parallel requests keep each other's changes.`,
  },
  replaceUser: {
    title: 'Replace the user',
    notes: `The body is the new value of \`user\`, for example the roles. \`user_id\` cannot be changed.`,
  },
  touchSession: {
    title: 'Record activity',
    notes: `Validations and changes of \`user\` and \`data\` count as activity by themselves. Activity is written at most
once in \`SESSIONS_TOUCH_INTERVAL\`.`,
  },
  closeSession: {
    title: 'Close a session',
    notes: `Use \`closed\` if the user signs out, and \`revoked\` if an administrator or another device ends the session.`,
  },
  closeSessions: {
    title: 'Close many sessions',
    notes: `For "sign out on all other devices", filter by \`user_id\` and list the session that stays in \`except\`. An empty
\`filter\` closes all sessions. Repeat the request while \`more\` is true.`,
  },
  deleteSession: {
    title: 'Delete a session',
    notes: `To end a session, close it: its end and the reason stay readable. A deletion leaves nothing.`,
  },
  exportUser: {
    title: 'Export a user',
    notes: `Everything that is stored about a user, for a request of access or portability (GDPR, articles 15 and 20). The
last line is \`{"type":"end","sessions":N}\`. If a fault occurs in the middle, the connection is cut and that line is
missing: the export is incomplete, so repeat it. Tokens are never part of it. An owner of
[browser entries](./session-libraries.md) is not a user, and is \`INVALID_DATA\`.`,
  },
  eraseUser: {
    title: 'Erase a user',
    notes: `Deletes everything that is stored about a user (GDPR, article 17). The response is a receipt without the
\`user_id\`. A request erases up to 20,000 sessions: repeat it while \`more\` is true. A repeated request counts only what
was left. See [personal data](./security.md#personal-data) for copies elsewhere.`,
  },
  getStats: { title: 'Statistics', notes: 'The numbers are those of all nodes of the store.' },
  listKeys: {
    title: 'API keys',
    notes: `Shows which keys are still in use before you remove one. The service keeps the uses in memory, so every node
has its own, from its start on: query each node. A request counts if its key was valid, also if the scope was too small. A
stream of changes counts once, when it begins. A service without keys has no items.`,
  },
  getLiveness: { title: 'Liveness', notes: 'Restart a process that does not respond.' },
  getReadiness: { title: 'Readiness', notes: 'Send requests to another node while it responds 503.' },
};

export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];
