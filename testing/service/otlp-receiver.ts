import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Value = { readonly stringValue?: string; readonly intValue?: number | string };
type Attribute = { readonly key: string; readonly value: Value };

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 INTERNAL, 2 SERVER, 3 CLIENT. */
  readonly kind: number;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** A span as a collector receives it. */
export interface ReceivedSpan extends Omit<OtlpSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector of a test's own: it takes traces by OTLP over HTTP, as JSON. */
export interface OtlpReceiver {
  readonly url: string;
  /** The text of all requests. */
  readonly text: () => string;
  /** Resolves with the spans that match, as soon as there are `count` of them. */
  readonly spans: (matches: (span: ReceivedSpan) => boolean, count?: number) => Promise<readonly ReceivedSpan[]>;
  readonly stop: () => Promise<void>;
}

/** Starts a collector on a free port. A `silent` one takes requests and never responds. */
export async function startOtlpReceiver(manner: 'silent' | 'prompt' = 'prompt'): Promise<OtlpReceiver> {
  const received: ReceivedSpan[] = [];
  const texts: string[] = [];
  let wake = () => {};
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as OtlpRequest;
    texts.push(JSON.stringify(body));
    if (request.url === '/v1/traces') received.push(...spansIn(body));
    wake();
    if (manner === 'prompt') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => texts.join('\n'),
    spans: async (matches, count = 1) => {
      for (;;) {
        const found = received.filter(matches);
        if (found.length >= count) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansIn({ resourceSpans }: OtlpRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: valuesOf(span.attributes),
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? (value.intValue && Number(value.intValue))]),
  );
}
