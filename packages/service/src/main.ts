#!/usr/bin/env node
import { assertNode } from './process/node-version.ts';

assertNode(process.versions.node);
// Modules that an older Node cannot load must be imported after the check.
const { warmUp } = await import('./process/warm-up.ts');
await warmUp(process.env);
const { fail } = await import('./commands/command-failure.ts');
const { main } = await import('./commands/command-line.ts');
main().catch(fail);
