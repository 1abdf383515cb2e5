import { createRequire } from 'node:module';

/** Of the package, beside the folder of its sources and that of what is built from them. */
export const VERSION: string = createRequire(import.meta.url)('../../package.json').version;
