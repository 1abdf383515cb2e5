import { EXAMPLE_ID } from '../example-session.ts';
import { CHANGE_KINDS } from './change-kinds.ts';
import { CHANGES_DESCRIPTION, CHANGES_ROUTE } from './changes-route.ts';

const EVENTS = `retry: 1000
event: hello
data: {"time":5000}

id: q2Xz0aVbT9Lk:0
event: gap
data: {}

id: q2Xz0aVbT9Lk:1
event: change
data: {"id":"${EXAMPLE_ID}","revision":1,"close_reason":null}

event: heartbeat
data: {"time":6000}
`;

/**
 * Returns `GET /v2/changes` for the OpenAPI document. `errors` are its error responses. The response has no end, so
 * the reference page shows a command instead of "Try it out".
 */
export function changesOperation(errors: Readonly<Record<string, object>>): object {
  const { name, summary, scope } = CHANGES_ROUTE;
  return {
    operationId: name,
    tags: ['sessions'],
    summary,
    description: `Requires a key of scope \`${scope}\`. The response does not end: follow it with a command.

    curl -N http://127.0.0.1:8080/v2/changes -H "Authorization: Bearer $SESSIONS_KEY"

${CHANGES_DESCRIPTION}`,
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        schema: { type: 'string' },
        description: 'The id of the last event that was received; the stream continues after it',
      },
      {
        name: 'Sessions-Change-Kinds',
        in: 'header',
        schema: { type: 'string' },
        description: `Some of ${CHANGE_KINDS.join(', ')}, separated by commas; default all`,
      },
      { $ref: '#/components/parameters/CorrelationId' },
    ],
    responses: {
      200: {
        description: 'The events',
        content: { 'text/event-stream': { schema: { type: 'string' }, example: EVENTS } },
      },
      ...errors,
    },
  };
}
