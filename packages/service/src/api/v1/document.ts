import { Type } from '#typebox';
import type { ERROR_MAP } from '../error-codes.ts';
import { errorExample } from '../error-examples.ts';
import { COMMANDS, type Command } from './commands.ts';
import { EXAMPLES, requestExample } from './examples.ts';

const Time = Type.String({ format: 'date-time', description: 'YYYY-MM-DDTHH:mm:ss.sssZ' });
const Text = Type.Union([Type.String(), Type.Null()]);
const Json = Type.Unknown({ description: 'Any JSON value' });

const SUMMARY = {
  id: Type.String(),
  user_id: Type.String(),
  user_name: Text,
  active: Type.Boolean(),
  open_time: Time,
  request_time: Time,
  close_time: Type.Optional(Time),
  address: Text,
  client: Text,
};

const SCHEMAS = {
  SessionV1: Type.Object({ ...SUMMARY, user: Json, data: Json }),
  SessionSummaryV1: Type.Object(SUMMARY),
  DataPageV1: Type.Object({
    total: Type.Union([Type.Integer(), Type.Null()]),
    data: Type.Array(Type.Unsafe({ $ref: '#/components/schemas/SessionSummaryV1' })),
  }),
  ErrorV1: Type.Object({
    code: Type.String({ description: 'Stable; programs should use it' }),
    category: Type.String({ description: 'The toolkit uses it to choose the class of its exception' }),
    status: Type.Integer(),
    message: Type.String(),
    details: Type.Optional(Type.Object({})),
    correlation_id: Type.Optional(Type.String()),
  }),
};

const RESULTS: Readonly<Record<Command['result'], keyof typeof SCHEMAS | null>> = {
  session: 'SessionV1',
  page: 'DataPageV1',
  null: null,
};

/** Returns the OpenAPI 3.1 document of API v1. It uses the schemas that requests are checked with. */
export function openapiV1(base: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sessions API v1',
      version: '1.0.0',
      description: 'The Pip.Services sessions contract. Every command is a POST. A null result is sent as 204.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, {}],
    paths: Object.fromEntries(COMMANDS.map((command) => [`${base}/${command.name}`, { post: operation(command) }])),
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key; not required if the setting `v1` is `open`' },
      },
    },
  };
}

function operation({ name, summary, scope, schema, result }: Command): object {
  const type = RESULTS[result];
  return {
    operationId: name,
    summary,
    description: `Requires a key of scope \`${scope}\`, unless API v1 is open.`,
    parameters: [
      {
        name: 'correlation_id',
        in: 'query',
        schema: { type: 'string' },
        description: 'Identifies the request in the log',
      },
    ],
    requestBody: { content: { 'application/json': { schema, example: requestExample(name) } } },
    responses: {
      ...(type && { 200: { description: 'The result', content: jsonContent(type) } }),
      204: { description: 'Null: there is no such session, or the command has no result' },
      400: error('A property is missing or invalid; the message names it', 'INVALID_DATA'),
      401: error('The API key is missing or unknown', 'UNAUTHORIZED'),
      403: error('The scope of the key is too small, or the origin or host of the request is not allowed', 'FORBIDDEN'),
      409: error('The session has ended; nothing was changed', 'SESSION_CLOSED'),
      413: error('The body is too large', 'BODY_TOO_LARGE'),
      415: error('The encoding of the body is not supported, for example a compressed body', 'UnsupportedMediaType'),
      429: error('Too many wrong keys or unfinished bodies; retry after `Retry-After` seconds', 'TOO_MANY_REQUESTS'),
      503: error('The store is unavailable or full', 'STORE_UNAVAILABLE'),
    },
  };
}

function error(description: string, code: keyof typeof ERROR_MAP): object {
  return { description, content: jsonContent('ErrorV1', errorExample(code)) };
}

function jsonContent(type: keyof typeof SCHEMAS, example: object = EXAMPLES[type]): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${type}` }, example } };
}
