import { CommandError } from '../command-error.ts';

/** The largest response and the longest line that a command reads, in characters. */
const LENGTH_MAX = 67_108_864;

interface WaitBounds {
  /** The timeout of each wait for more of the response. */
  readonly timeout_ms: number;
  /** Aborts the request. */
  readonly controller: AbortController;
}

/** Returns the text of a response of bounded length. */
export async function boundedText(response: Response): Promise<string> {
  let text = '';
  for await (const part of decoded(response)) {
    text += part;
    if (text.length > LENGTH_MAX) throw tooLong();
  }
  return text;
}

/** Returns the parts of a response as they arrive. Throws a `CommandError` if the connection ends or is silent. */
export async function* parts(
  response: Response,
  { timeout_ms, controller }: WaitBounds,
): AsyncGenerator<string, void, undefined> {
  const timer = setTimeout(() => controller.abort(), timeout_ms);
  try {
    for await (const part of decoded(response)) {
      timer.refresh();
      yield part;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the lines of a response as they arrive. */
export async function* lines(response: Response, bounds: WaitBounds): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const part of parts(response, bounds)) {
    const complete = (rest + part).split('\n');
    rest = complete.pop() ?? '';
    if (rest.length > LENGTH_MAX) throw tooLong();
    yield* complete;
  }
}

async function* decoded({ body }: Response): AsyncGenerator<string, void, undefined> {
  if (!body) return;
  const decoder = new TextDecoder();
  try {
    for await (const bytes of body) yield decoder.decode(bytes, { stream: true });
  } catch {
    throw new CommandError('The connection ended before the response was complete. Run the command again.');
  }
}

function tooLong(): CommandError {
  return new CommandError(`The response is longer than ${LENGTH_MAX} characters.`);
}
