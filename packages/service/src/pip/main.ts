#!/usr/bin/env node
import { SessionsProcess } from './process.ts';

await new SessionsProcess().run(process.argv);
