import Bowser from 'bowser';

/** `Chrome 146 on Windows`; an empty text if the user agent names no known browser. */
export function readDevice(user_agent: string): string {
  const { browser, os, platform } = Bowser.parse(user_agent);
  if (!browser.name) return '';
  const version = browser.version?.split('.')[0];
  const name = version ? `${browser.name} ${version}` : browser.name;
  const system = platform.model && platform.vendor === 'Apple' ? platform.model : os.name;
  return system ? `${name} on ${system}` : name;
}
