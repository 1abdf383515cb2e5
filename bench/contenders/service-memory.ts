import { contend } from './ready.ts';
import { startPreloaded } from './service.ts';

/** Room for the sessions of the scenario `open`: the store rejects sessions above its limit. */
const ROOM = 20_000_000;

await contend((size, _folder, withTokens) => startPreloaded(`memory:?sessions_max=${size + ROOM}`, size, withTokens));
