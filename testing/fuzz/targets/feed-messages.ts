import fc from 'fast-check';
import type { SessionChange } from '../../../packages/service/src/domain/changes.ts';
import { fromText } from '../../../packages/service/src/stores/postgres/feed/payloads.ts';
import { fromChangeText } from '../../../packages/service/src/stores/shared/change-text.ts';
import { oddJson, oddString } from '../inputs/odd-values.ts';
import { checkOf, NO_FIGURES, type OpenTarget, type Target } from '../target.ts';

const ownJson = fc.constantFrom('"a"', '"u"', '1', '2', 'null', '"closed"', '"idle"', '"other"', '{}', '[]');
const list = fc.array(fc.oneof({ weight: 5, arbitrary: ownJson }, { weight: 1, arbitrary: oddJson }), { maxLength: 6 });
const change = fc.oneof(
  { weight: 5, arbitrary: list.map((items) => `[${items.join(',')}]`) },
  { weight: 1, arbitrary: oddJson },
  { weight: 1, arbitrary: oddString },
);
const messages = fc.array(change, { maxLength: 4 });

/** Messages between nodes, also from other versions or other senders. Each must be read as a valid change or a gap. */
export const FEED_MESSAGES: Target = { name: 'feed-messages', share: 100, missing: null, open };

async function open(): Promise<OpenTarget> {
  return {
    check: checkOf(messages, assertMessage),
    heapBytes: null,
    figures: async () => NO_FIGURES,
    close: async () => {},
  };
}

function assertMessage(texts: readonly string[]): void {
  for (const text of texts) {
    const read = fromChangeText(text);
    if (read) assertChange(read);
  }
  for (const read of fromText(texts.join('\n'))) assertChange(read);
}

function assertChange(read: SessionChange): void {
  if (read.type === 'gap') return;
  const isOfSession = typeof read.id === 'string' && typeof read.user_id === 'string';
  const isWhole =
    read.type === 'removed' ||
    (Number.isSafeInteger(read.revision) && (read.close_reason === null || typeof read.close_reason === 'string'));
  if (!isOfSession || !isWhole) throw new Error(`not a change: ${JSON.stringify(read)}`);
}
