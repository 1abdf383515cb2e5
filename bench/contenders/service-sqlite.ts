import { join } from 'node:path';
import { contend } from './ready.ts';
import { startPreloaded } from './service.ts';

await contend((size, folder, withTokens) => startPreloaded(`sqlite:${join(folder, 'sessions.db')}`, size, withTokens));
