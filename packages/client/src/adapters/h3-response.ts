/** The properties of an event of H3 2 that the middleware uses. */
export interface WebEvent {
  /** Gets `userSession`. */
  readonly context: object;
  /** The request. */
  readonly req: Request;
  /** The headers that H3 adds to the value of a handler, and to an error. H3 2.0.1-rc of Nitro 3 has no `errHeaders`. */
  readonly res: { readonly headers: Headers; readonly errHeaders?: Headers };
}

type Respond = (response: Response) => Response;

/**
 * Applies the changes of the session to the value that a handler has returned. H3 takes the headers either from this
 * value or from the prepared response of the event, so the changes are made there.
 */
export function responseWith(respond: Respond, { res }: WebEvent, value: unknown): unknown {
  const { headers, errHeaders = headers } = res;
  const prepared = new Set([headers, errHeaders]);
  const own = headersOf(value);
  if (own === null) {
    for (const each of prepared) change(each, respond);
    return value;
  }
  // H3 would set its prepared headers over these.
  const isError = value instanceof Response && value.status >= 400;
  const response = new Response(null, { headers: own });
  for (const [name, line] of isError ? errHeaders : headers) {
    if (name === 'set-cookie') response.headers.append(name, line);
    else response.headers.set(name, line);
  }
  for (const each of prepared) replace(each, new Headers());
  if (value instanceof Response) return respond(withHeaders(value, response.headers));
  replace(own, respond(response).headers);
  return value;
}

/** The headers of a `Response`, or of an `HTTPResponse` of H3. */
function headersOf(value: unknown): Headers | null {
  const headers = typeof value === 'object' && value !== null && 'headers' in value ? value.headers : null;
  return headers instanceof Headers ? headers : null;
}

function withHeaders(response: Response, headers: Headers): Response {
  // The response to an upgrade has the status 101, which a new `Response` cannot have.
  if (response.status < 200) return response;
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

function change(headers: Headers, respond: Respond): void {
  replace(headers, respond(new Response(null, { headers })).headers);
}

function replace(headers: Headers, by: Headers): void {
  for (const name of [...headers.keys()]) headers.delete(name);
  for (const [name, value] of by) headers.append(name, value);
}
