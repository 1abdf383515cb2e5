import type { ProblemCode } from '@pip-sessions/contract/v2';
import { ERROR_MAP, PROBLEMS } from '../error-codes.ts';
import { CHANGE_KINDS } from './change-kinds.ts';
import { CHANGES_DESCRIPTION, CHANGES_ROUTE } from './changes-route.ts';
import { healthPaths } from './health-document.ts';
import { ROUTES, type Route } from './routes.ts';
import { SCHEMAS, type SchemaName } from './schemas.ts';

/** What any request can be answered, whatever it asks for. */
const PROBLEMS_OF_ALL: readonly ProblemCode[] = [
  'INVALID_DATA',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'BODY_TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'STORE_UNAVAILABLE',
  'INTERNAL',
];
/** What a request that may have a body can, also where the route reads nothing from it. */
const PROBLEMS_OF_BODIES: readonly ProblemCode[] = ['INVALID_CONTENT', 'UNSUPPORTED_MEDIA_TYPE'];
/** What is answered where there is no route. */
export const PROBLEMS_OF_ROUTING: readonly ProblemCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED'];
/** What is answered before a path is known (`refuseConnection`): not as a problem, but as API v1 words its errors. */
export const PROBLEMS_OF_CONNECTIONS: readonly ProblemCode[] = [
  'INVALID_REQUEST',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
];

const INLINE: readonly SchemaName[] = ['Empty', 'AnyJson', 'ListQuery'];
const NAMED = Object.entries(SCHEMAS).filter(([name]) => !INLINE.includes(name as SchemaName));
const NAMES = new Map<unknown, string>(NAMED.map(([name, schema]) => [schema, name]));

const DESCRIPTION = `User sessions as a service: open, validate, rotate, list, end.

Every request carries \`Authorization: Bearer <key>\`, unless the service is open. Then
web pages of other origins, and hosts that are not allowed, are refused: 403 \`FORBIDDEN\`. A key has a scope, and each includes
those before it: \`validate\`, \`write\`, \`admin\`. Times are UTC, durations are seconds.

Errors are problems (RFC 9457) with a stable \`code\`. A path that is not here is answered 404 \`NOT_FOUND\`, a method that
its path does not take 405 \`METHOD_NOT_ALLOWED\` with \`Allow\`. What is no request, or comes too slowly, is answered
before its path is known, as \`application/json\`, and its connection is closed: 400 \`INVALID_REQUEST\` (there spelt
\`InvalidRequest\`), 408 \`REQUEST_TIMEOUT\`, 431 \`HEADERS_TOO_LARGE\`.`;

/** The OpenAPI 3.1 document of API v2, from the table and the schemas that its requests are checked with. */
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
      { name: 'health', description: 'Whether the service can do its work' },
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
          description: 'Names the request in the log, and in a problem',
        },
      },
      headers: {
        ETag: { schema: { type: 'string' }, description: 'The revision, in quotes' },
        RetryAfter: { schema: { type: 'integer' }, description: 'Seconds after which it may go well' },
        Challenge: { schema: { type: 'string' }, description: 'RFC 6750: `Bearer`' },
      },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key of the service' },
      },
    },
  };
}

/** The stream of changes: server-sent events in place of one answer. */
function changesOperation(): object {
  const { name, summary, scope } = CHANGES_ROUTE;
  return {
    operationId: name,
    tags: ['sessions'],
    summary,
    description: `Needs a key of scope \`${scope}\`. ${CHANGES_DESCRIPTION}`,
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        schema: { type: 'string' },
        description: 'The id of the last event that was received, to go on after it',
      },
      {
        name: 'Sessions-Change-Kinds',
        in: 'header',
        schema: { type: 'string' },
        description: `Some of ${CHANGE_KINDS.join(', ')}, separated by commas; all without it`,
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
    description: `Needs a key of scope \`${scope}\`.`,
    parameters: [
      ...pathParameters(route),
      ...queryParameters(route),
      ...headerParameters(route),
      { $ref: '#/components/parameters/CorrelationId' },
    ],
    ...(hasBody(route) && { requestBody: requestBody(route) }),
    responses: {
      [status]: {
        description: status === 201 ? 'It was opened' : 'The answer',
        ...(isSession(result) && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
        content: { 'application/json': { schema: refTo(result) } },
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
  const schema = input === 'AnyJson' ? withRefs(SCHEMAS.AnyJson, SCHEMAS.AnyJson) : refTo(input);
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

/** The problems of a route: what the document promises, and tests hold it to. */
export function problemsOf({ method, problems }: Pick<Route, 'method' | 'problems'>): readonly ProblemCode[] {
  const ofBody = method === 'GET' ? [] : PROBLEMS_OF_BODIES;
  return [...new Set([...problems, ...ofBody, ...PROBLEMS_OF_ALL])];
}

/** With those of any request, whose path is not known yet. */
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
    description: 'What is answered before the path of a request is known',
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

function refTo(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * A schema as plain JSON Schema: without what the library keeps in it for itself, and with references in place of the
 * named schemas within it, by which those who generate code get one type for each.
 */
function withRefs(value: unknown, root: unknown): unknown {
  const name = value === root ? undefined : NAMES.get(value);
  if (name !== undefined) return refTo(name);
  if (Array.isArray(value)) return value.map((item) => withRefs(item, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withRefs(member, root)]));
}
