import Bowser from 'bowser';

/** Makers whose names are left out. */
const MAKERS = /^(Microsoft|Google) /;

/**
 * Returns the device of a session in words, like `Chrome 146 on Windows`, from its `client`: the `User-Agent` that the
 * application gave when it opened the session. A text that is no user agent is returned as it is. Returns null for null,
 * and for a user agent that names no known browser. Browsers report Windows 11 as Windows 10, so no version of a system
 * is shown. Requires the package `bowser`.
 *
 * @example
 * import { deviceName } from '@pip-sessions/client/device';
 *
 * const { items } = await userSession.devices();
 * const names = items.map(({ client }) => deviceName(client) ?? 'Unknown device');
 */
export function deviceName(client: string | null): string | null {
  if (client === null || !/^(Mozilla|Opera)\/\d/.test(client)) return client;
  const { browser, os, platform } = Bowser.parse(client);
  if (!browser.name) return null;
  const version = browser.version?.split('.')[0];
  const name = version ? `${browser.name} ${version}`.replace(MAKERS, '') : browser.name;
  const system = platform.model && platform.vendor === 'Apple' ? platform.model : os.name;
  return system ? `${name} on ${system}` : name;
}
