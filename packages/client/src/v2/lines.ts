import type { ExportLine } from '@pip-sessions/contract/v2';
import { endsOf, withDeadline } from '../transport/deadline.ts';
import { type CallTarget, SessionsCallError } from '../transport/errors.ts';
import { brokenConnection, notAnAnswer } from '../transport/response.ts';

interface LinesSettings {
  readonly target: CallTarget;
  readonly address: string;
  /** The timeout of each wait for more of the response. */
  readonly timeout_ms: number;
  /** The maximum number of characters in a line. */
  readonly bytes_max: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Returns the lines of a response as they arrive, up to its line of the type `end`. Throws a `SessionsCallError` if the
 * response ends before that line. The response is cancelled if the caller stops.
 */
export async function* readLines(
  response: Response,
  settings: LinesSettings,
  read: (json: unknown) => ExportLine,
): AsyncGenerator<ExportLine, void, undefined> {
  const { target } = settings;
  let sessions = 0;
  for await (const text of textLines(response, settings)) {
    const line = lineOf(text, target, response.status, read);
    if (line.type === 'session') sessions += 1;
    if (line.type === 'end' && line.sessions !== sessions) break;
    yield line;
    if (line.type === 'end') return;
  }
  throw new SessionsCallError('UNREACHABLE', target, 'The response ended too early and is incomplete. Call again.', {
    status: response.status,
  });
}

async function* textLines(response: Response, settings: LinesSettings): AsyncGenerator<string, void, undefined> {
  const { target, address, timeout_ms, bytes_max, signal } = settings;
  const reader = response.body?.getReader();
  if (!reader) return;
  const ends = endsOf(target, timeout_ms);
  const decoder = new TextDecoder();
  const next = () =>
    reader.read().catch((error: unknown) => {
      throw brokenConnection(target, address, error).error;
    });
  // A line may arrive in many parts, which are joined once.
  let begun: string[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await withDeadline(timeout_ms, signal, ends, next);
      if (done) return;
      const [rest = '', ...lines] = decoder.decode(value, { stream: true }).split('\n');
      begun.push(rest);
      length += rest.length;
      if (length > bytes_max) throw tooLong(target, bytes_max, response.status);
      if (lines.length === 0) continue;
      yield begun.join('');
      yield* lines.slice(0, -1);
      begun = lines.slice(-1);
      length = begun[0]?.length ?? 0;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function lineOf(text: string, target: CallTarget, status: number, read: (json: unknown) => ExportLine): ExportLine {
  try {
    return read(JSON.parse(text));
  } catch (cause) {
    // The message of `JSON.parse` contains the text.
    throw notAnAnswer(target, status, cause instanceof SyntaxError ? undefined : cause);
  }
}

function tooLong(target: CallTarget, bytes_max: number, status: number): SessionsCallError {
  const message = `A line of the response is longer than ${bytes_max} characters. Raise response_bytes_max.`;
  return new SessionsCallError('RESPONSE_TOO_LARGE', target, message, { status });
}
