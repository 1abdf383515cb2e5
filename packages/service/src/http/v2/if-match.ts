import { invalidMember, SessionsError } from '../../domain/errors.ts';

const TAGS_MAX = 16;
/** A tag with the comma after it. */
const TAG = /\s*(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/y;
/** Proxies that compress responses change the tags: nginx makes them weak, Apache and Caddy add a suffix. */
const REVISION = /^(\d{1,15})(?:-(?:gzip|br|zstd|deflate))?$/;

/**
 * Returns the revisions in the header `If-Match` (RFC 9110, 13.1.1), ascending; undefined for any revision. Weak tags
 * count as strong ones: an ETag is a revision, however a proxy has encoded the response. Throws `INVALID_DATA`.
 *
 * @example revisionsOf('"3", W/"4"') // [3, 4]
 */
export function revisionsOf(header: string | undefined): readonly number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = tagsOf(header);
  const revisions = tags.flatMap((tag) => REVISION.exec(tag)?.[1] ?? []).map(Number);
  if (revisions.length === 0)
    throw invalidMember('If-Match', 'must be the ETag of the session, like "3" with its quotes');
  return revisions.sort((a, b) => a - b);
}

/** Returns the tags; empty if the header is not a list of tags. */
function tagsOf(header: string): readonly string[] {
  const tags: string[] = [];
  TAG.lastIndex = 0;
  while (TAG.lastIndex < header.length) {
    const [, tag] = TAG.exec(header) ?? [];
    if (tag === undefined) return [];
    tags.push(tag);
    if (tags.length > TAGS_MAX) throw invalidMember('If-Match', `must have at most ${TAGS_MAX} ETags`);
  }
  return tags;
}

/**
 * Calls `act` with one revision after the other until the session has it. Revisions only increase, so trying them in
 * ascending order misses none.
 */
export async function atOneOf<T>(
  revisions: readonly number[] | undefined,
  act: (revision: number | undefined) => Promise<T>,
): Promise<T> {
  const [revision, ...others] = revisions ?? [];
  try {
    return await act(revision);
  } catch (error) {
    const isOther = error instanceof SessionsError && error.code === 'REVISION_CONFLICT';
    if (!isOther || others.length === 0) throw error;
    return atOneOf(others, act);
  }
}
