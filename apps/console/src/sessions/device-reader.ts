import Bowser from 'bowser';

/** Makers whose names are left out. */
const MAKERS = /^(Microsoft|Google) /;

/** `Chrome 146 on Windows`; an empty text if the user agent names no known browser. */
export function readDevice(user_agent: string): string {
  const { browser, os, platform } = Bowser.parse(user_agent);
  if (!browser.name) return '';
  const version = browser.version?.split('.')[0];
  const name = version ? `${browser.name} ${version}`.replace(MAKERS, '') : browser.name;
  const system = platform.model && platform.vendor === 'Apple' ? platform.model : os.name;
  return system ? `${name} on ${system}` : name;
}
