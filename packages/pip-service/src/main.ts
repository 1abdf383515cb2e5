#!/usr/bin/env node
import { assertNode } from '@pip-sessions/service/internal/process/node-version';

assertNode(process.versions.node);
// Modules that an older Node cannot load must be imported after the check.
const { SessionsProcess } = await import('./process.ts');

await new SessionsProcess().run(process.argv);
