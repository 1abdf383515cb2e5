#!/usr/bin/env node
import { warmUp } from './warm-up.ts';

await warmUp(process.env);
const { fail, main } = await import('./command-line.ts');
main().catch(fail);
