#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before anything else is loaded: what was compiled at the last start is taken from the disk.
enableCompileCache();
const { fail, main } = await import('./command-line.ts');
main().catch(fail);
