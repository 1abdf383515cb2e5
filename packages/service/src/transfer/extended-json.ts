type Members = Readonly<Record<string, unknown>>;

/**
 * The types that Extended JSON writes as an object with one property, by the name of the property. Each function
 * returns the JSON value, or undefined if the property has another type; the object is then an ordinary one.
 */
const WRAPPED: Readonly<Record<string, (value: unknown) => unknown>> = {
  $oid: (value) => (typeof value === 'string' ? value : undefined),
  $date: dateOf,
  $numberInt: numberOf,
  $numberLong: wholeOf,
  $numberDouble: numberOf,
};

/**
 * Converts a value of MongoDB's Extended JSON, v1 or v2, canonical or relaxed, to plain JSON
 * (mongodb.com/docs/manual/reference/mongodb-extended-json). Types that JSON values cannot have become in MongoDB, such
 * as `$binary`, are not converted.
 */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const members = Object.entries(value as Members);
  const [first] = members;
  const wrapped = first && members.length === 1 && Object.hasOwn(WRAPPED, first[0]) ? WRAPPED[first[0]] : undefined;
  const unwrapped = wrapped?.(first?.[1]);
  if (unwrapped !== undefined) return unwrapped;
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

/** Converts a document to a session: `_id` becomes `id`. `__v`, the version counter of Mongoose, is dropped. */
export function fromDocument(document: unknown): unknown {
  const value = plain(document);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { _id, __v: _version, ...members } = value as Members;
  return { id: _id, ...members };
}

/** Converts a string, or milliseconds since 1970, either of which may be wrapped itself. */
function dateOf(value: unknown): unknown {
  const time = plain(value);
  if (typeof time === 'string') return time;
  if (typeof time !== 'number') return undefined;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

/** Converts a number. A value that JSON does not have, such as NaN, remains a string. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Converts an integer. One that a JSON number cannot represent exactly remains a string of digits. */
function wholeOf(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
