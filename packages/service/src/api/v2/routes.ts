import { ROUTES_V2, type RouteNameV2 } from '@pip-sessions/contract/routes';
import { KEY_ROUTES } from './key-routes.ts';
import type { AnyRoute } from './route.ts';
import { SESSION_ROUTES } from './session-routes.ts';
import { TOKEN_ROUTES } from './token-routes.ts';
import { USER_ROUTES } from './user-routes.ts';

const order = Object.keys(ROUTES_V2);
const indexOf = ({ name }: { readonly name: RouteNameV2 }) => order.indexOf(name);

/** The routes of API v2 whose responses end, in the order of the contract. */
export const ROUTES: readonly AnyRoute[] = [...SESSION_ROUTES, ...TOKEN_ROUTES, ...USER_ROUTES, ...KEY_ROUTES].sort(
  (a, b) => indexOf(a) - indexOf(b),
);
