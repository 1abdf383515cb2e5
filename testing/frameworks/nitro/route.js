import { requireSession } from '@pip-sessions/client/h3';

export default (event) => globalThis.cases.respond(event, requireSession);
