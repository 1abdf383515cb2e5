type Members = Readonly<Record<string, unknown>>;

/** Values that Extended JSON wraps in an object of one member, by its name, and what they are in JSON. */
const WRAPPED: Readonly<Record<string, (value: unknown) => unknown>> = {
  $oid: (value) => value,
  $date: (value) => dateOf(plain(value)),
  $numberInt: Number,
  $numberLong: wholeOf,
  $numberDouble: Number,
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
  if (first && members.length === 1 && Object.hasOwn(WRAPPED, first[0])) return WRAPPED[first[0]]?.(first[1]);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

/** As the `_id` of a document is the `id` of its session. `__v` is Mongoose's own count of versions. */
export function fromDocument(document: unknown): unknown {
  const value = plain(document);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { _id, __v: _version, ...members } = value as Members;
  return { id: _id, ...members };
}

/** A text, or milliseconds since 1970. */
function dateOf(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : date.toISOString();
}

/** Beyond what a number of JSON can hold exactly, its digits as a text. */
function wholeOf(value: unknown): unknown {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
