/** A line of the report: a test that ended. */
export interface Outcome {
  readonly name: string;
  readonly hasFailed: boolean;
  /** Null if the test passed. */
  readonly error: string | null;
}

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly skip?: boolean | string;
    readonly details?: { readonly error?: { readonly cause?: unknown } };
  };
}

/** A reporter for `node --test-reporter`: a line of JSON for each test that ended. */
export default async function* outcomes(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    const hasFailed = type === 'test:fail';
    if (!(hasFailed || type === 'test:pass') || data.skip !== undefined) continue;
    const error = hasFailed ? String(data.details?.error?.cause) : null;
    yield `${JSON.stringify({ name: data.name, hasFailed, error } satisfies Outcome)}\n`;
  }
}
