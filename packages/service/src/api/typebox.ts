/**
 * The schema library. Its seven hundred files take 250 ms to load one by one, half of what a start may take: what
 * imports `#typebox` gets this file with all of them bundled into one (scripts/bundle.js), which takes 15 ms.
 */
export { type Static, type TOptional, type TSchema, Type } from 'typebox';
export { Compile } from 'typebox/compile';
export type { TLocalizedValidationError } from 'typebox/error';
