import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Content,
  exampleOf,
  exampleRequests,
  type OpenapiDocument,
} from '../../../../../testing/http/example-requests.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { EXAMPLE_ID, EXAMPLE_TOKEN } from '../../api/example-session.ts';
import { openapiV1 } from '../../api/v1/document.ts';
import { openapiV2 } from '../../api/v2/document.ts';

const DOCUMENTS = { v1: openapiV1('/v1/sessions') as OpenapiDocument, v2: openapiV2() as OpenapiDocument };
const EXAMPLE = { id: EXAMPLE_ID, token: EXAMPLE_TOKEN };

/** Sends an example to a service of its own, in which the session of the example is open. */
async function sendExample(t: TestContext, document: OpenapiDocument, operation: string): Promise<Response> {
  const { url, sessions, stop } = await startTestServer();
  t.after(stop);
  const { session, token } = await sessions.openWithToken({ user_id: 'user-1' }, null);
  const request = exampleRequests(document, { id: session.id, token }).find((other) => other.operation === operation);
  assert.ok(request);
  const { method, path, headers, body } = request;
  const aborter = new AbortController();
  t.after(() => aborter.abort());
  return fetch(url + path, { method, headers, body, signal: aborter.signal });
}

for (const [name, document] of Object.entries(DOCUMENTS)) {
  for (const { operation, status } of exampleRequests(document, EXAMPLE)) {
    test(`the example of ${operation} in the document of API ${name} succeeds`, async (t) => {
      assert.equal((await sendExample(t, document, operation)).status, status);
    });
  }

  test(`every body in the document of API ${name} has an example`, () => {
    const contents: (readonly [string, Content])[] = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ operationId, requestBody, responses }) => [
        [`request of ${operationId}`, requestBody?.content ?? {}] as const,
        ...Object.entries(responses).map(
          ([status, { content = {} }]) => [`${status} of ${operationId}`, content] as const,
        ),
      ]),
    );
    for (const [place, content] of contents) {
      for (const media of Object.values(content)) assert.notEqual(exampleOf(document, media), undefined, place);
    }
  });
}
