import { PROBLEM_CODES, type ProblemCode } from '@pip-sessions/contract/v2';
import { ERROR_MAP, PROBLEMS } from '../error-codes.ts';
import { errorExample, problemExample } from '../error-examples.ts';
import { EXAMPLE_ID } from '../example-session.ts';
import { changesOperation } from './changes-document.ts';
import { CHANGES_ROUTE } from './changes-route.ts';
import { BODY_EXAMPLES, EXAMPLES, QUERY_EXAMPLES } from './examples.ts';
import { healthPaths } from './health-document.ts';
import type { AnyRoute, Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { SCHEMAS, type SchemaName } from './schemas.ts';

/** The problems that every request can get. */
export const PROBLEMS_OF_ALL: readonly ProblemCode[] = [
  'INVALID_DATA',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'BODY_TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'STORE_UNAVAILABLE',
  'INTERNAL',
];
/** The additional problems of requests that may have a body, also if the route ignores it. */
export const PROBLEMS_OF_BODIES: readonly ProblemCode[] = ['INVALID_CONTENT', 'UNSUPPORTED_MEDIA_TYPE'];
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

/** Their codes in the error format of API v1. */
const CONNECTION_CODES = (Object.keys(ERROR_MAP) as (keyof typeof ERROR_MAP)[]).filter((code) =>
  PROBLEMS_OF_CONNECTIONS.includes(ERROR_MAP[code].problem),
);

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
  paths[CHANGES_ROUTE.path] = { get: changesOperation(errorResponses(problemsOf(CHANGES_ROUTE))) };
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
        ...Object.fromEntries(NAMED.map(([name, schema]) => [name, withExample(name, withRefs(schema, schema))])),
        ConnectionError: connectionError(),
      },
      examples: problemExamples(),
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

const STREAM = 'Lines of JSON, each with this schema. A response without a line of the type `end` is incomplete';

function operation(route: AnyRoute): object {
  const { name, summary, scope, status, result } = route;
  const isStream = 'stream' in route;
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
        description: isStream ? STREAM : status === 201 ? 'The session was opened' : 'The result',
        ...(isSession(result) && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
        content: { [isStream ? 'application/x-ndjson' : 'application/json']: { schema: schemaOf(result) } },
      },
      ...errorResponses(problemsOf(route)),
    },
  };
}

function hasBody({ method, input }: AnyRoute): boolean {
  return method !== 'GET' && input !== 'Empty';
}

function isSession(result: SchemaName): boolean {
  return result === 'Session' || result === 'OpenResult' || result === 'RotateResult';
}

function requestBody({ name, method, input }: AnyRoute): object {
  const media = { schema: schemaOf(input), ...(name in BODY_EXAMPLES && { example: BODY_EXAMPLES[name] }) };
  const types = method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  const required = input !== 'CloseRequest';
  return { required, content: Object.fromEntries(types.map((type) => [type, media])) };
}

function pathParameters({ path }: AnyRoute): object[] {
  if (!path.includes('{id}')) return [];
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: EXAMPLE_ID };
  return [{ ...id, description: 'The id of the session' }];
}

function queryParameters({ method, input }: AnyRoute): object[] {
  if (method !== 'GET' || input !== 'ListQuery') return [];
  return Object.entries(SCHEMAS.ListQuery.properties).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
    ...('description' in schema && { description: schema.description }),
    ...(name in QUERY_EXAMPLES && { example: QUERY_EXAMPLES[name as keyof typeof QUERY_EXAMPLES] }),
  }));
}

function headerParameters({ name, isConditional }: AnyRoute): object[] {
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
        ...(ofConnections.length < ofStatus.length && {
          'application/problem+json': { schema: refTo('Problem'), examples: exampleRefs(ofStatus) },
        }),
        ...connectionErrors(ofConnections),
      },
    };
  }
  return responses;
}

/** The example of each problem that a route can respond with. */
function problemExamples(): object {
  const codes = PROBLEM_CODES.filter((code) => ![...PROBLEMS_OF_ROUTING, ...PROBLEMS_OF_CONNECTIONS].includes(code));
  const exampleOf = (code: ProblemCode) => ({ summary: PROBLEMS[code].title, value: problemExample(code) });
  return Object.fromEntries(codes.map((code) => [code, exampleOf(code)]));
}

function exampleRefs(codes: readonly ProblemCode[]): object {
  const problems = codes.filter((code) => !PROBLEMS_OF_CONNECTIONS.includes(code));
  return Object.fromEntries(problems.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
}

function headersOf(status: number): object {
  const isLater = status === 429 || status === 503;
  if (isLater) return { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } };
  return status === 401 ? { headers: { 'WWW-Authenticate': { $ref: '#/components/headers/Challenge' } } } : {};
}

function connectionErrors(codes: readonly ProblemCode[]): object {
  const [example] = CONNECTION_CODES.filter((code) => codes.includes(ERROR_MAP[code].problem));
  if (example === undefined) return {};
  return { 'application/json': { schema: refTo('ConnectionError'), example: errorExample(example) } };
}

function connectionError(): object {
  return {
    type: 'object',
    description: 'The error of a request whose path is not known yet',
    required: ['code', 'status', 'category', 'message'],
    properties: {
      code: { type: 'string', enum: CONNECTION_CODES },
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

function withExample(name: string, schema: unknown): object {
  return { ...(schema as object), examples: [EXAMPLES[name as keyof typeof EXAMPLES]] };
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
