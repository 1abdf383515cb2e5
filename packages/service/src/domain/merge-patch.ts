import { fromJsonText, type JsonText, toJsonText } from './json.ts';

/**
 * Applies a JSON merge patch to `target` (RFC 7396): objects are merged, null removes a property, other values replace
 * it.
 */
export function mergePatch(target: JsonText | null, patch: JsonText): JsonText | null {
  const merged = merge(fromJsonText(target), fromJsonText(patch));
  return merged === null ? null : toJsonText(merged);
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // Without a prototype, so that a stored property `__proto__` remains a property.
  const merged: Record<string, unknown> = Object.assign(Object.create(null), isObject(target) ? target : undefined);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name], value);
  }
  return merged;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
