#!/usr/bin/env node
import { assertNode } from '@pip-sessions/service/internal/process/node-version';

assertNode(process.versions.node);
// What older versions cannot even load comes after.
const { SessionsProcess } = await import('./process.ts');

await new SessionsProcess().run(process.argv);
