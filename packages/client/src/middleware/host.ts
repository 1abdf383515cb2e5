import type { RequestView } from './request-view.ts';

const LOOPBACK = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether to use `X-Forwarded-Host`. It is safe only behind a proxy that sets or removes that header on every request.
 */
export interface HostRules {
  readonly trusts_forwarded_host: boolean;
}

/** Returns the host and port to which the browser sent the request; null if the request has none. */
export function browserHost(request: RequestView, { trusts_forwarded_host }: HostRules): string | null {
  return (trusts_forwarded_host ? forwardedHost(request) : null) ?? request.host;
}

/**
 * Whether a request was sent to the developer's own machine. A proxy may write `localhost` into `Host`. So no header
 * may name another host or https, not even a header that a client could forge.
 */
export function isOnLoopback(request: RequestView, rules: HostRules): boolean {
  const forwarded = request.header('forwarded') ?? '';
  const protocols = `${request.header('x-forwarded-proto') ?? ''}, ${/proto="?([a-z]+)/i.exec(forwarded)?.[1] ?? ''}`;
  const named = [browserHost(request, rules), forwardedHost(request), /host="?([^";,\s]+)/i.exec(forwarded)?.[1]];
  const hosts = named.filter((host) => typeof host === 'string');
  return hosts.length > 0 && hosts.every((host) => LOOPBACK.test(host)) && !/https|wss/i.test(protocols);
}

/**
 * Whether the host of an origin like `http://localhost:3000` is a loopback host. True for `null`, which names no host.
 */
export function isLoopbackOrigin(origin: string): boolean {
  return !URL.canParse(origin) || LOOPBACK.test(new URL(origin).host);
}

/** The first host of the list, which the proxy that the browser called has written. */
function forwardedHost(request: RequestView): string | null {
  return request.header('x-forwarded-host')?.split(',')[0]?.trim() || null;
}
