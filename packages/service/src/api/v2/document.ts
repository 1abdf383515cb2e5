import type { ProblemCode } from '@pip-sessions/contract/v2';
import { ERROR_MAP, PROBLEMS } from '../error-codes.ts';
import { CHANGE_KINDS } from './change-kinds.ts';
import { CHANGES_DESCRIPTION, CHANGES_ROUTE } from './changes-route.ts';
import { healthPaths } from './health-document.ts';
import { ROUTES, type Route } from './routes.ts';
import { SCHEMAS, type SchemaName } from './schemas.ts';

/** The problems that every request can get. */
const PROBLEMS_OF_ALL: readonly ProblemCode[] = [
  'INVALID_DATA',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'BODY_TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'STORE_UNAVAILABLE',
  'INTERNAL',
];
/** The additional problems of requests that may have a body, also if the route ignores it. */
const PROBLEMS_OF_BODIES: readonly ProblemCode[] = ['INVALID_CONTENT', 'UNSUPPORTED_MEDIA_TYPE'];
/** The problems of requests that match no route. */
export const PROBLEMS_OF_ROUTING: readonly ProblemCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED'];
/**
 * The problems that occur before the path is known (`refuseConnection`). They are sent in the error format of API v1.
 */
export const PROBLEMS_OF_CONNECTIONS: readonly ProblemCode[] = [
  'INVALID_REQUEST',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
];

const INLINE: readonly SchemaName[] = ['Empty', 'AnyJson', 'ListQuery'];
const NAMED = Object.entries(SCHEMAS).filter(([name]) => !INLINE.includes(name as SchemaName));
const NAMES = new Map<unknown, string>(NAMED.map(([name, schema]) => [schema, name]));

const DESCRIPTION = `User sessions as a service: open, validate, rotate, list, end.

Every request has the header \`Authorization: Bearer <key>\`, unless the service is open. An open service rejects
requests of web pages of other origins, and requests to hosts that are not allowed, with 403 \`FORBIDDEN\`. A key has
a scope; each scope includes the scopes before it: \`validate\`, \`write\`, \`admin\`. Times are UTC, durations are
seconds.

Errors are problems (RFC 9457) with a stable \`code\`. An unknown path is 404 \`NOT_FOUND\`. A method that the path
does not support is 405 \`METHOD_NOT_ALLOWED\` with the header \`Allow\`. Some requests are rejected before their path
is known: invalid requests with 400 \`INVALID_REQUEST\` (there spelt \`InvalidRequest\`), slow ones with
408 \`REQUEST_TIMEOUT\`, and those with too large headers with 431 \`HEADERS_TOO_LARGE\`. These responses are
\`application/json\`, and the connection is closed.`;

/** Returns the OpenAPI 3.1 document of API v2. It uses the routes and the schemas that requests are checked with. */
export function openapiV2(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  paths[CHANGES_ROUTE.path] = { get: changesOperation() };
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
    tags: [
      { name: 'sessions', description: 'User sessions' },
      { name: 'health', description: 'Whether the service can process requests' },
    ],
    paths: { ...paths, ...healthPaths(errorResponses([])) },
    components: {
      schemas: {
        ...Object.fromEntries(NAMED.map(([name, schema]) => [name, withRefs(schema, schema)])),
        ConnectionError: connectionError(),
      },
      parameters: {
        CorrelationId: {
          name: 'correlation_id',
          in: 'query',
          schema: { type: 'string' },
          description: 'Identifies the request in the log and in problems',
        },
      },
      headers: {
        ETag: { schema: { type: 'string' }, description: 'The revision, in quotes' },
        RetryAfter: { schema: { type: 'integer' }, description: 'Seconds to wait before the next try' },
        Challenge: { schema: { type: 'string' }, description: 'RFC 6750: `Bearer`' },
      },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key of the service' },
      },
    },
  };
}

/** The stream of changes: server-sent events instead of a single response. */
function changesOperation(): object {
  const { name, summary, scope } = CHANGES_ROUTE;
  return {
    operationId: name,
    tags: ['sessions'],
    summary,
    description: `Requires a key of scope \`${scope}\`. ${CHANGES_DESCRIPTION}`,
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
      200: { description: 'The events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...errorResponses(problemsOf(CHANGES_ROUTE)),
    },
  };
}

function operation(route: Route): object {
  const { name, summary, scope, status, result } = route;
  return {
    operationId: name,
    tags: ['sessions'],
    summary,
    description: `Requires a key of scope \`${scope}\`.`,
    parameters: [
      ...pathParameters(route),
      ...queryParameters(route),
      ...headerParameters(route),
      { $ref: '#/components/parameters/CorrelationId' },
    ],
    ...(hasBody(route) && { requestBody: requestBody(route) }),
    responses: {
      [status]: {
        description: status === 201 ? 'The session was opened' : 'The result',
        ...(isSession(result) && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
        content: { 'application/json': { schema: schemaOf(result) } },
      },
      ...errorResponses(problemsOf(route)),
    },
  };
}

function hasBody({ method, input }: Route): boolean {
  return method !== 'GET' && input !== 'Empty';
}

function isSession(result: SchemaName): boolean {
  return result === 'Session' || result === 'OpenResult' || result === 'RotateResult';
}

function requestBody({ method, input }: Route): object {
  const schema = schemaOf(input);
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
  return Object.entries(SCHEMAS.ListQuery.properties).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
    ...('description' in schema && { description: schema.description }),
  }));
}

function headerParameters({ name, isConditional }: Route): object[] {
  const header = (header: string, description: string, schema: object) => ({
    name: header,
    in: 'header',
    schema,
    description,
  });
  return [
    ...(isConditional ? [header('If-Match', 'Only if the session has this ETag; else 412', { type: 'string' })] : []),
    ...(name === 'openSession'
      ? [
          header('Idempotency-Key', 'A random value. The same key and user get the same session and token again', {
            type: 'string',
            minLength: 16,
            maxLength: 255,
          }),
        ]
      : []),
  ];
}

/** The problems of a route. The document lists them, and tests check that the route has no other ones. */
export function problemsOf({ method, problems }: Pick<Route, 'method' | 'problems'>): readonly ProblemCode[] {
  const ofBody = method === 'GET' ? [] : PROBLEMS_OF_BODIES;
  return [...new Set([...problems, ...ofBody, ...PROBLEMS_OF_ALL])];
}

/** Adds the problems that any request can get before its path is known. */
function errorResponses(problems: readonly ProblemCode[]): Record<string, object> {
  const responses: Record<string, object> = {};
  const codes = [...problems, ...PROBLEMS_OF_CONNECTIONS];
  for (const status of new Set(codes.map((code) => PROBLEMS[code].status))) {
    const ofStatus = codes.filter((code) => PROBLEMS[code].status === status);
    const ofConnections = ofStatus.filter((code) => PROBLEMS_OF_CONNECTIONS.includes(code));
    responses[status] = {
      description: ofStatus.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
      ...headersOf(status),
      content: {
        ...(ofConnections.length < ofStatus.length && { 'application/problem+json': { schema: refTo('Problem') } }),
        ...(ofConnections.length > 0 && { 'application/json': { schema: refTo('ConnectionError') } }),
      },
    };
  }
  return responses;
}

function headersOf(status: number): object {
  const isLater = status === 429 || status === 503;
  if (isLater) return { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } };
  return status === 401 ? { headers: { 'WWW-Authenticate': { $ref: '#/components/headers/Challenge' } } } : {};
}

function connectionError(): object {
  const codes = Object.entries(ERROR_MAP).filter(([, { problem }]) => PROBLEMS_OF_CONNECTIONS.includes(problem));
  return {
    type: 'object',
    description: 'The error of a request whose path is not known yet',
    required: ['code', 'status', 'category', 'message'],
    properties: {
      code: { type: 'string', enum: codes.map(([code]) => code) },
      status: { type: 'integer' },
      category: { type: 'string' },
      message: { type: 'string', description: 'What is wrong' },
    },
    additionalProperties: false,
  };
}

/** A reference, or the schema itself where the document gives it no name. */
function schemaOf(name: SchemaName): unknown {
  return withRefs(SCHEMAS[name], null);
}

function refTo(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * Returns a schema as plain JSON Schema, without the library's internal properties. Named schemas within it become
 * references, so that code generators make one type for each.
 */
function withRefs(value: unknown, root: unknown): unknown {
  const name = value === root ? undefined : NAMES.get(value);
  if (name !== undefined) return refTo(name);
  if (Array.isArray(value)) return value.map((item) => withRefs(item, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withRefs(member, root)]));
}
