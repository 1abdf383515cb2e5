import { EXAMPLE_ID, EXAMPLE_TOKEN } from '../../packages/service/src/api/example-session.ts';

/** The parts of an OpenAPI document that describe a request. */
export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: Schema;
  readonly example?: unknown;
}

export type Content = Readonly<Record<string, MediaType>>;

interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: object;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly examples?: readonly unknown[];
}

/** The example of an operation as a request. */
export interface ExampleRequest {
  readonly operation: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON text; null if the request has no body. */
  readonly body: string | null;
  /** The documented status of the response. */
  readonly status: number;
}

/** A session in place of the session of the examples. */
interface ExampleSession {
  readonly id: string;
  readonly token: string;
}

/** Returns the example of each operation of a document as a request about a session. */
export function exampleRequests(document: OpenapiDocument, session: ExampleSession): ExampleRequest[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => exampleRequest(document, session, method, path, operation)),
  );
}

function exampleRequest(
  document: OpenapiDocument,
  session: ExampleSession,
  method: string,
  template: string,
  operation: Operation,
): ExampleRequest {
  const about = (text: string) => text.replaceAll(EXAMPLE_TOKEN, session.token).replaceAll(EXAMPLE_ID, session.id);
  const parameters = (operation.parameters ?? []).filter((parameter): parameter is Parameter => 'in' in parameter);
  const query = new URLSearchParams();
  let path = template;
  for (const { name, in: place, example } of parameters) {
    if (example === undefined) continue;
    if (place === 'path') path = path.replace(`{${name}}`, String(example));
    if (place === 'query') query.set(name, String(example));
  }
  const [media] = Object.entries(operation.requestBody?.content ?? {});
  return {
    operation: operation.operationId,
    method: method.toUpperCase(),
    path: about(query.size > 0 ? `${path}?${query}` : path),
    headers: media ? { 'content-type': media[0] } : {},
    body: media ? about(JSON.stringify(exampleOf(document, media[1]))) : null,
    status: Number(Object.keys(operation.responses)[0]),
  };
}

/** Returns the example of a body or of a response; undefined if it has none. */
export function exampleOf(document: OpenapiDocument, { schema, example, examples }: MediaType): unknown {
  if (example !== undefined) return example;
  if (examples !== undefined) return Object.values(examples)[0];
  const name = schema.$ref?.split('/').at(-1);
  return (name === undefined ? schema : document.components.schemas[name])?.examples?.[0];
}
