/**
 * The schema library. Its seven hundred files take 250 ms to load one by one, which is half of the time of a start.
 * Code that imports `#typebox` gets this file with all of them bundled into one (scripts/bundle.js), which takes 15 ms.
 */
export { type Static, type TOptional, type TSchema, Type } from 'typebox';
export { Compile } from 'typebox/compile';
export type { TLocalizedValidationError } from 'typebox/error';
