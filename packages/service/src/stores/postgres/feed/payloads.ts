import type { SessionChange } from '../../../domain/changes.ts';
import { fromChangeText, toChangeText } from '../../shared/change-text.ts';
import { textBytesMax } from '../../shared/feed/cipher.ts';
import { DATE_BYTES_MAX } from '../../shared/feed/dated-text.ts';

/** PostgreSQL accepts payloads shorter than 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html). */
const PAYLOAD_BYTES_MAX = 7_999;
/** The largest text that fits into a payload, with its date and after encryption. */
const TEXT_BYTES_MAX = textBytesMax(PAYLOAD_BYTES_MAX) - DATE_BYTES_MAX;

/** Replaces a change whose text is too long: the receiver publishes a gap. */
const GAP = '-';

/** Texts with one change per line, each small enough for a notification. */
export function toTexts(changes: readonly SessionChange[]): string[] {
  const texts: string[] = [];
  let lines: string[] = [];
  let bytes = 0;
  for (const change of changes) {
    let line = change.type === 'gap' ? GAP : toChangeText(change);
    let line_bytes = Buffer.byteLength(line);
    if (line_bytes > TEXT_BYTES_MAX) [line, line_bytes] = [GAP, GAP.length];
    if (bytes + 1 + line_bytes > TEXT_BYTES_MAX) {
      texts.push(lines.join('\n'));
      [lines, bytes] = [[], 0];
    }
    lines.push(line);
    bytes += 1 + line_bytes;
  }
  if (lines.length > 0) texts.push(lines.join('\n'));
  return texts;
}

/** A line that cannot be read becomes a gap. */
export function fromText(text: string): readonly SessionChange[] {
  return text.split('\n').map((line) => fromChangeText(line) ?? { type: 'gap' });
}
