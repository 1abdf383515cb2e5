import { invalidMember, SessionsError } from '../../domain/errors.ts';

const TAGS_MAX = 16;
/** Each with the comma behind it. */
const TAG = /\s*(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/y;
/** Servers in between compress responses: nginx makes their tags weak, Apache and Caddy add what they have done. */
const REVISION = /^(\d{1,15})(?:-(?:gzip|br|zstd|deflate))?$/;

/**
 * The revisions that the header `If-Match` names (RFC 9110, 13.1.1), in rising order; undefined where it takes any. Weak tags
 * count as strong ones: an ETag here is a revision, whatever became of the response on its way. Throws `INVALID_DATA`.
 *
 * @example revisionsOf('"3", W/"4"') // [3, 4]
 */
export function revisionsOf(header: string | undefined): readonly number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = tagsOf(header);
  const revisions = tags.flatMap((tag) => REVISION.exec(tag)?.[1] ?? []).map(Number);
  if (revisions.length === 0)
    throw invalidMember('If-Match', 'should be the ETag of the session, like "3" with its quotes');
  return revisions.sort((a, b) => a - b);
}

/** Empty for what is no list of tags. */
function tagsOf(header: string): readonly string[] {
  const tags: string[] = [];
  TAG.lastIndex = 0;
  while (TAG.lastIndex < header.length) {
    const [, tag] = TAG.exec(header) ?? [];
    if (tag === undefined) return [];
    tags.push(tag);
    if (tags.length > TAGS_MAX) throw invalidMember('If-Match', `must not name more than ${TAGS_MAX} ETags`);
  }
  return tags;
}

/** Does what is wanted at the first of the revisions that the session has. A revision only rises, so none is passed by. */
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
