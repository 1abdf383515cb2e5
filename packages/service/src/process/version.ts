import { createRequire } from 'node:module';

/** The version of the package. The path is the same from the sources and from the built files. */
export const VERSION: string = createRequire(import.meta.url)('../../package.json').version;
