import { type TSchema, Type } from '#typebox';
import { COMMANDS, type Command } from './commands.ts';

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
    requestBody: { content: { 'application/json': { schema } } },
    responses: {
      ...(type && { 200: { description: 'The result', content: jsonContent(type) } }),
      204: { description: 'Null: there is no such session, or the command has no result' },
      400: { description: 'A property is missing or invalid; the message names it', content: jsonContent('ErrorV1') },
      401: { description: 'The API key is missing or unknown', content: jsonContent('ErrorV1') },
      403: {
        description: 'The scope of the key is too small, or the origin or host of the request is not allowed',
        content: jsonContent('ErrorV1'),
      },
      409: { description: 'The session has ended; nothing was changed', content: jsonContent('ErrorV1') },
      413: { description: 'The body is too large', content: jsonContent('ErrorV1') },
      415: {
        description: 'The encoding of the body is not supported, for example a compressed body',
        content: jsonContent('ErrorV1'),
      },
      429: {
        description: 'Too many wrong keys or unfinished bodies; retry after `Retry-After` seconds',
        content: jsonContent('ErrorV1'),
      },
      503: { description: 'The store is unavailable or full', content: jsonContent('ErrorV1') },
    },
  };
}

function jsonContent(type: keyof typeof SCHEMAS): Record<string, { schema: TSchema | object }> {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${type}` } } };
}
