#!/usr/bin/env node
import { assertNode } from '../process/node-version.ts';

assertNode(process.versions.node);
// What older versions cannot even load comes after.
const { SessionsProcess } = await import('./process.ts');

await new SessionsProcess().run(process.argv);
