import fc from 'fast-check';
import { ChangeEvents } from '../../../packages/client/src/cached/change-events.ts';
import { EventParser, type StreamEvent } from '../../../packages/contract/src/event-parser.ts';
import { oddJson, oddString } from '../inputs/odd-values.ts';
import { checkOf, NO_FIGURES, type OpenTarget, type Target } from '../target.ts';

/** The text that a client receives, and where it is cut into pieces. */
interface Stream {
  readonly text: string;
  readonly cuts: readonly number[];
}

const ASKED = 1_000;
/** Events around and above the client's size limit. */
const LONG = [30_000, 65_530, 65_536, 70_000, 200_000].map((length) => 'x'.repeat(length));

const json = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('{"time":5}', '{"time":1e400}', '{"time":-1e400}', '{"time":"5"}', '{"time":null}'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '{"id":"a","revision":1,"close_reason":null}',
      '{"id":"a","revision":1e400}',
      '{"id":"a","removed":true}',
      '{"id":5}',
    ),
  },
  { weight: 2, arbitrary: oddJson },
);
const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('event', 'data', 'id', 'retry', '', 'Data', ' data', 'data ') },
  { weight: 1, arbitrary: oddString },
);
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('hello', 'heartbeat', 'change', 'gap', 'other').map((type) => `event: ${type}`),
  },
  { weight: 4, arbitrary: json.map((text) => `data: ${text}`) },
  {
    weight: 2,
    arbitrary: fc.tuple(field, fc.constantFrom(':', ': ', '', '::'), oddString).map((parts) => parts.join('')),
  },
  {
    weight: 30,
    arbitrary: fc.constantFrom('', 'event: hello\ndata: {"time":1}\n', 'event: heartbeat\ndata: {"time":2}\n'),
  },
  {
    // The difference of two infinite moments is NaN.
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom('hello', 'heartbeat'), fc.constantFrom('1e400', '-1e400'))
      .map(([type, time]) => `event: ${type}\ndata: {"time":${time}}\n`),
  },
  { weight: 1, arbitrary: fc.tuple(field, fc.constantFrom(...LONG)).map((parts) => parts.join(':')) },
);
const streams: fc.Arbitrary<Stream> = fc.record(
  {
    text: fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\0')), { maxLength: 12 })
      .map((lines) => lines.flat().join('')),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
  },
  { noNullPrototype: true },
);

/** The client's parser of the change stream. It must read the same events from any pieces, and only finite moments. */
export const CHANGE_STREAM: Target = { name: 'change-stream', share: 100, missing: null, open };

async function open(): Promise<OpenTarget> {
  return {
    check: checkOf(streams, assertStream),
    heapBytes: null,
    figures: async () => NO_FIGURES,
    close: async () => {},
  };
}

function assertStream({ text, cuts }: Stream): void {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * text.length)).sort((a, b) => a - b), text.length];
  const pieces = places.slice(1).map((end, at) => text.slice(places[at], end));
  const [whole, cut] = [parsed([text]), parsed(pieces)];
  if (JSON.stringify(whole) !== JSON.stringify(cut)) {
    throw new Error(
      `in one piece: ${JSON.stringify(whole).slice(0, 500)}; in several: ${JSON.stringify(cut).slice(0, 500)}`,
    );
  }
  assertMoments(pieces);
}

/** The events up to the first one that is too long. */
function parsed(pieces: readonly string[]): readonly (StreamEvent | 'too long')[] {
  const parser = new EventParser();
  const events: (StreamEvent | 'too long')[] = [];
  try {
    for (const piece of pieces) for (const event of parser.push(piece)) events.push(event);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    events.push('too long');
  }
  return events;
}

function assertMoments(pieces: readonly string[]): void {
  const changes: unknown[] = [];
  const listener = { changed: (id: string, change: unknown) => void changes.push([id, change]), gap: () => {} };
  const events = new ChangeEvents(listener, () => ASKED, ASKED);
  try {
    for (const piece of pieces) {
      for (const { fresh_until } of events.take(Buffer.from(piece))) {
        if (fresh_until !== null && !Number.isFinite(fresh_until))
          throw new RangeError(`a heartbeat counts until ${fresh_until}`);
      }
    }
  } catch (error) {
    // For these errors the client opens the connection again.
    if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
  }
}
