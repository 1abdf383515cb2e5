/** Returns `/livez` and `/readyz` for the OpenAPI document. `errors` are the responses that every request can get. */
export function healthPaths(errors: Readonly<Record<string, object>>): object {
  const alive = { status: { type: 'string', const: 'ok' } };
  const checks = { type: 'object', required: ['store'], properties: { store: { type: 'string', const: 'ok' } } };
  const ready = { status: { type: 'string', const: 'ok' }, checks };
  const unready = {
    status: { type: 'string', const: 'unavailable' },
    checks: {
      type: 'object',
      description: 'What is wrong, for each component',
      additionalProperties: { type: 'string' },
    },
  };
  return {
    '/livez': operation('getLiveness', 'Whether the process responds', {
      200: answer('The process responds', alive, { status: 'ok' }),
      ...errors,
    }),
    '/readyz': operation('getReadiness', 'Whether requests should be sent to this node', {
      200: answer('The node can process requests', ready, { status: 'ok', checks: { store: 'ok' } }),
      503: {
        ...answer(
          'The store does not respond or cannot be written to, the clock is wrong, or the service is stopping',
          unready,
          { status: 'unavailable', checks: { store: 'The store failed. The reason is in the log.' } },
        ),
        headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
      },
      ...errors,
    }),
  };
}

function operation(operationId: string, summary: string, responses: Readonly<Record<string, object>>): object {
  const description = 'Requires no key.';
  return { get: { operationId, tags: ['health'], summary, description, security: [{}], responses } };
}

function answer(description: string, properties: Readonly<Record<string, object>>, example: object): object {
  const schema = { type: 'object', required: Object.keys(properties), properties, additionalProperties: false };
  return { description, content: { 'application/json': { schema, example } } };
}
