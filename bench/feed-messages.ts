/** Measures the cost of the feeds' encryption: `node bench/feed-messages.ts`. Measures CPU time, to be independent of other load. */
import { randomBytes } from 'node:crypto';
import { newSessionId } from '../packages/service/src/domain/ids.ts';
import { fromChangeText, toChangeText } from '../packages/service/src/stores/shared/change-text.ts';
import { FEED_KEY_BYTES, MessageReader, MessageSealer } from '../packages/service/src/stores/shared/feed/cipher.ts';

const MESSAGES = 20_000;
const ROUNDS = 9;
const CONTEXT = 'pip_sessions_changes 4711';

const key = randomBytes(FEED_KEY_BYTES);

/** Microseconds of CPU per message, the median of several rounds. */
function measure(round: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    round();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / MESSAGES;
  });
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function textOf(changes: number): string {
  const change = { type: 'changed', user_id: 'user-12345', revision: 3, close_reason: 'closed' } as const;
  return Array.from({ length: changes }, () => toChangeText({ ...change, id: newSessionId('user-12345') })).join('\n');
}

for (const changes of [1, 8, 60]) {
  const text = textOf(changes);
  const sealer = new MessageSealer(key);
  const parse = (opened: string | null) => opened?.split('\n').map(fromChangeText);
  let messages: string[] = [];
  const seal = measure(() => {
    messages = Array.from({ length: MESSAGES }, () => sealer.seal(text, CONTEXT));
  });
  const open = measure(() => {
    const reader = new MessageReader(key);
    for (const message of messages) reader.open(message, CONTEXT);
  });
  const clear = measure(() => {
    for (let n = 0; n < MESSAGES; n += 1) parse(text);
  });
  const figures = [seal, open, clear].map((us) => `${us.toFixed(1)} µs (${(us / changes).toFixed(1)} a change)`);
  process.stdout.write(
    `${changes} changes: encrypted in ${figures[0]}, decrypted in ${figures[1]}; parsing the text takes ${figures[2]}\n`,
  );
}
