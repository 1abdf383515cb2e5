import type { RequestView } from './request-view.ts';

const LOOPBACK = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** Whether `X-Forwarded-Host` counts: only a proxy can say that it sets that header on every request, or removes it. */
export interface HostRules {
  readonly trusts_forwarded_host: boolean;
}

/** The host and port that the browser sent the request to; null when the request does not say. */
export function browserHost(request: RequestView, { trusts_forwarded_host }: HostRules): string | null {
  return (trusts_forwarded_host ? forwardedHost(request) : null) ?? request.host;
}

/**
 * Whether a request was sent to the developer's own machine. A proxy may write `localhost` into `Host`, so each header
 * that names another host, or https, counts against it, also one that a client could forge.
 */
export function isOnLoopback(request: RequestView, rules: HostRules): boolean {
  const forwarded = request.header('forwarded') ?? '';
  const protocols = `${request.header('x-forwarded-proto') ?? ''}, ${/proto="?([a-z]+)/i.exec(forwarded)?.[1] ?? ''}`;
  const named = [browserHost(request, rules), forwardedHost(request), /host="?([^";,\s]+)/i.exec(forwarded)?.[1]];
  const hosts = named.filter((host) => typeof host === 'string');
  return hosts.length > 0 && hosts.every((host) => LOOPBACK.test(host)) && !/https|wss/i.test(protocols);
}

/** The host of an origin like `http://localhost:3000` is one of loopback; so is `null`, which names none. */
export function isLoopbackOrigin(origin: string): boolean {
  return !URL.canParse(origin) || LOOPBACK.test(new URL(origin).host);
}

/** What the proxy that the browser called wrote, the first of a list. */
function forwardedHost(request: RequestView): string | null {
  return request.header('x-forwarded-host')?.split(',')[0]?.trim() || null;
}
