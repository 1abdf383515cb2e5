import { isObject } from '../transport/json-object.ts';

/**
 * Merges the changes of two requests to the same JSON value: applies the changes from `base` to `own` to `theirs`.
 * Objects are merged property by property. If both changed a property differently, `own` wins.
 */
export function mergeMembers(base: unknown, own: unknown, theirs: unknown): unknown {
  if (isSame(base, own)) return theirs;
  if (!isObject(own) || !isObject(theirs)) return own;
  const before = isObject(base) ? base : {};
  const merged = new Map(Object.entries(theirs));
  for (const name of Object.keys(before)) if (!Object.hasOwn(own, name)) merged.delete(name);
  for (const [name, value] of Object.entries(own)) {
    if (isSame(memberOf(before, name), value)) continue;
    merged.set(name, mergeMembers(memberOf(before, name), value, memberOf(theirs, name)));
  }
  // Unlike an assignment, this allows a property of any name.
  return Object.fromEntries(merged);
}

/** Whether two JSON values are equal, whatever the order of their properties. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSame(left[name], right[name]))
  );
}

/** Returns undefined, which is no JSON value, if there is no such property. */
function memberOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
