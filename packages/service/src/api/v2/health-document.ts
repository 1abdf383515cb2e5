/** `/livez` and `/readyz` as OpenAPI describes them, beside the errors of every request. */
export function healthPaths(errors: Readonly<Record<string, object>>): object {
  const alive = { status: { type: 'string', const: 'ok' } };
  const checks = { type: 'object', required: ['store'], properties: { store: { type: 'string', const: 'ok' } } };
  const ready = { status: { type: 'string', const: 'ok' }, checks };
  const unready = {
    status: { type: 'string', const: 'unavailable' },
    checks: { type: 'object', description: 'What is wrong, with what', additionalProperties: { type: 'string' } },
  };
  return {
    '/livez': operation('getLiveness', 'Answers while the process does', {
      200: answer('It answers', alive),
      ...errors,
    }),
    '/readyz': operation('getReadiness', 'Whether requests should be sent here', {
      200: answer('They should', ready),
      503: {
        ...answer(
          'They should not: the store does not answer or cannot be written to, the clock is wrong, or the service stops',
          unready,
        ),
        headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
      },
      ...errors,
    }),
  };
}

function operation(operationId: string, summary: string, responses: Readonly<Record<string, object>>): object {
  const description = 'Needs no key.';
  return { get: { operationId, tags: ['health'], summary, description, security: [{}], responses } };
}

function answer(description: string, properties: Readonly<Record<string, object>>): object {
  const schema = { type: 'object', required: Object.keys(properties), properties, additionalProperties: false };
  return { description, content: { 'application/json': { schema } } };
}
