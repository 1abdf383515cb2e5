import type { ProblemCode } from '@pip-sessions/client';
import { PROBLEMS } from '../error-map.ts';
import { ROUTES, type Route } from './routes.ts';
import { SCHEMAS, type SchemaName } from './schemas.ts';

/** What any request can be answered, whatever it asks for. */
const PROBLEMS_OF_ALL: readonly ProblemCode[] = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'TOO_MANY_REQUESTS',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
  'INVALID_REQUEST',
  'STORE_UNAVAILABLE',
  'INTERNAL',
];
/** What a request with a body can. */
const PROBLEMS_OF_BODIES: readonly ProblemCode[] = [
  'INVALID_DATA',
  'INVALID_CONTENT',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
];

const INLINE: readonly SchemaName[] = ['Empty', 'AnyJson', 'ListQuery'];

const DESCRIPTION = `User sessions as a service: open, validate, rotate, list, end.

Every request carries \`Authorization: Bearer <key>\`, unless the service is open. A key has a scope, and each includes
those before it: \`validate\`, \`write\`, \`admin\`. Errors are problems (RFC 9457) with a stable \`code\`. Times are UTC,
durations are seconds.`;

/** The OpenAPI 3.1 document of API v2, from the table and the schemas that its requests are checked with. */
export function openapiV2(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  const named = Object.entries(SCHEMAS).filter(([name]) => !INLINE.includes(name as SchemaName));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sessions API v2',
      version: '2.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, {}],
    tags: [{ name: 'sessions', description: 'User sessions' }],
    paths,
    components: {
      schemas: Object.fromEntries(named),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key of the service' },
      },
    },
  };
}

function operation(route: Route): object {
  const { name, summary, scope, status, answer } = route;
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
  return {
    operationId: name,
    tags: ['sessions'],
    summary,
    description: `Needs a key of scope \`${scope}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody(route) && { requestBody: requestBody(route) }),
    responses: {
      [status]: {
        description: status === 201 ? 'It was opened' : 'The answer',
        ...(isSession(answer) && {
          headers: { ETag: { schema: { type: 'string' }, description: 'The revision, in quotes' } },
        }),
        content: { 'application/json': { schema: refTo(answer) } },
      },
      ...problemResponses(route),
    },
  };
}

function hasBody({ method, input }: Route): boolean {
  return method !== 'GET' && input !== 'Empty';
}

function isSession(answer: SchemaName): boolean {
  return answer === 'Session' || answer === 'OpenResult' || answer === 'RotateResult';
}

function requestBody({ method, input }: Route): object {
  const schema = input === 'AnyJson' ? SCHEMAS.AnyJson : refTo(input);
  const types = method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  const required = input !== 'CloseRequest';
  return { required, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function pathParameters({ path }: Route): object[] {
  if (!path.includes('{id}')) return [];
  return [{ name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'The id of the session' }];
}

function queryParameters({ method, input }: Route): object[] {
  if (method !== 'GET' || input !== 'ListQuery') return [];
  return Object.entries(SCHEMAS.ListQuery.properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function headerParameters({ name, isConditional }: Route): object[] {
  const header = (header: string, description: string, schema: object) => ({
    name: header,
    in: 'header',
    schema,
    description,
  });
  return [
    ...(isConditional ? [header('If-Match', 'Only at this ETag; else 412', { type: 'string' })] : []),
    ...(name === 'openSession'
      ? [
          header('Idempotency-Key', 'Random; the same key and user get the same session and token again', {
            type: 'string',
            minLength: 16,
            maxLength: 255,
          }),
        ]
      : []),
  ];
}

/** The problems of a route by their statuses: what the document promises, and tests hold it to. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const ofInput = hasBody(route) || route.isConditional ? PROBLEMS_OF_BODIES : [];
  const ofQuery = route.input === 'ListQuery' ? (['INVALID_DATA'] as const) : [];
  return [...new Set([...route.problems, ...ofInput, ...ofQuery, ...PROBLEMS_OF_ALL])];
}

function problemResponses(route: Route): Record<string, object> {
  const responses: Record<string, object> = {};
  const codes = problemsOf(route);
  for (const status of new Set(codes.map((code) => PROBLEMS[code].status))) {
    const ofStatus = codes.filter((code) => PROBLEMS[code].status === status);
    const description = ofStatus.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; ');
    responses[status] = { description, content: { 'application/problem+json': { schema: refTo('Problem') } } };
  }
  return responses;
}

function refTo(name: SchemaName): object {
  return { $ref: `#/components/schemas/${name}` };
}
