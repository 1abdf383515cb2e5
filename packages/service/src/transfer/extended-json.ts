type Members = Readonly<Record<string, unknown>>;

/**
 * Values that Extended JSON wraps in an object of one member, by its name, and what they are in JSON; undefined where the
 * member does not have the type of its name, so that the object is an ordinary one.
 */
const WRAPPED: Readonly<Record<string, (value: unknown) => unknown>> = {
  $oid: (value) => (typeof value === 'string' ? value : undefined),
  $date: dateOf,
  $numberInt: numberOf,
  $numberLong: wholeOf,
  $numberDouble: numberOf,
};

/**
 * The JSON that a value of MongoDB's Extended JSON stands for, v1 or v2, canonical or relaxed
 * (mongodb.com/docs/manual/reference/mongodb-extended-json). Types that JSON values do not become in MongoDB, such as
 * `$binary`, are left as they are written.
 */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const members = Object.entries(value as Members);
  const [first] = members;
  const wrapped = first && members.length === 1 && Object.hasOwn(WRAPPED, first[0]) ? WRAPPED[first[0]] : undefined;
  const unwrapped = wrapped?.(first?.[1]);
  if (unwrapped !== undefined) return unwrapped;
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

/** As the `_id` of a document is the `id` of its session. `__v` is Mongoose's own count of versions. */
export function fromDocument(document: unknown): unknown {
  const value = plain(document);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { _id, __v: _version, ...members } = value as Members;
  return { id: _id, ...members };
}

/** A text, or milliseconds since 1970, which may be wrapped themselves. */
function dateOf(value: unknown): unknown {
  const time = plain(value);
  if (typeof time === 'string') return time;
  if (typeof time !== 'number') return undefined;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

/** What JSON cannot hold, such as NaN, stays as its text. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Beyond what a number of JSON can hold exactly, its digits as a text. */
function wholeOf(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
