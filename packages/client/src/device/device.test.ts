import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceName } from './index.ts';

const DEVICES: readonly (readonly [string, string])[] = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36',
    'Chrome 146 on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Safari 18 on iPhone',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox 145 on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0',
    'Edge 146 on Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36',
    'Chrome 146 on Android',
  ],
];

test('the user agent of a session becomes a browser and a system', () => {
  for (const [user_agent, device] of DEVICES) {
    assert.equal(deviceName(user_agent), device);
  }
});

test("an application's own text for a device is kept as it is", () => {
  for (const client of ['Firefox', 'Firefox on Linux', 'shop-app/4.12 (Android 16)', '']) {
    assert.equal(deviceName(client), client);
  }
});

test('a session without a known browser has no device name', () => {
  assert.equal(deviceName('Mozilla/5.0'), null);
  assert.equal(deviceName(null), null);
});
