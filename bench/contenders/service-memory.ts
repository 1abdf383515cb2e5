import { contend } from './ready.ts';
import { startPreloaded } from './service.ts';

/** Room for what the scenario `open` adds: the store refuses sessions beyond its bound. */
const ROOM = 20_000_000;

await contend((size, _folder, withTokens) => startPreloaded(`memory:?sessions_max=${size + ROOM}`, size, withTokens));
