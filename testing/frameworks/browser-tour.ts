/**
 * Uses the example of each framework as a user does, with two browsers: sign-in, devices, the end of one, step-up, the
 * service away, sign-out. Prints a table. With `--pages` it also prints what the user sees. Arguments name the examples;
 * default: all.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { createLogger, loadConfig, type RunningService, startService } from '@pip-sessions/service';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../browser/chromium.ts';
import { startExample } from '../examples/example.ts';
import { buildApplication, buildPackages, FRAMEWORKS, startApplication } from './applications.ts';
import { Device, type Seen } from './tour/device.ts';
import { type Example, WITH_PAGES, withRequests } from './tour/examples.ts';

const EXAMPLES: Readonly<Record<string, Example>> = {
  'express-devices': withRequests({ isForm: true, me: '/devices' }),
  'hono-devices': withRequests({ isForm: true, me: '/devices' }),
  fastify: withRequests({}),
  koa: withRequests({}),
  nest: withRequests({ confirm: '/payments/second-factor' }),
  h3: withRequests({ isForm: true }),
  'react-router': withRequests({ isForm: true, endDevice: (id) => ['POST', `/devices/${id}`, null] }),
  nitro: withRequests({ isForm: true, prefix: '/api' }),
  nuxt: WITH_PAGES,
  next: WITH_PAGES,
  sveltekit: WITH_PAGES,
  astro: WITH_PAGES,
  passport: withRequests({ user: 'name', levels: null }),
  'fastify-session': withRequests({ levels: null }),
  'koa-session': withRequests({ levels: null, endDevice: (id) => ['POST', '/devices/end', { id }] }),
};
const STEPS = ['sign in', 'two devices', 'end one', 'step-up', 'service away', 'sign out'] as const;

const args = process.argv.slice(2);
const showsPages = args.includes('--pages');
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((name) => !(name in EXAMPLES));
if (unknown.length > 0) throw new Error(`unknown example ${unknown}; allowed: ${Object.keys(EXAMPLES).join(', ')}`);
const chosen = Object.keys(EXAMPLES).filter((name) => named.length === 0 || named.includes(name));

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-tour-'));
let service: RunningService = await start('0');
process.env.SESSIONS_URL = service.url;
const browser: Browser = await launchChromium();
const rows = new Map<string, Map<string, string>>();
const built = chosen.filter((name) => name in FRAMEWORKS);
if (built.length > 0) buildPackages();
const applications = new Map(built.map((name) => [name, buildApplication(name, 'example')]));

after(async () => {
  await browser.close();
  await service.stop();
  rmSync(folder, { recursive: true });
  const lines = chosen.map((name) => [name, ...STEPS.map((step) => rows.get(name)?.get(step) ?? 'not reached')]);
  const table = [['Example', ...STEPS], ['---', ...STEPS.map(() => '---')], ...lines];
  process.stdout.write(`\n${table.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`);
});

for (const name of chosen) {
  test(`${name}: a user signs in on two devices, ends one, confirms, waits and signs out`, async (t) => {
    const row = new Map<string, string>();
    rows.set(name, row);
    const note = (step: (typeof STEPS)[number], text: string) => row.set(step, text);
    // The users of the example with Passport have names; the others get one of their own.
    const user = name === 'passport' ? 'ann' : `ann-${name}`;
    await tour(EXAMPLES[name] as Example, user, await urlOf(t, name), t, note, (what, { status, text }) => {
      if (showsPages) process.stdout.write(`  ${name}, ${what}: ${status} ${text.slice(0, 200)}\n`);
    });
  });
}

async function tour(
  example: Example,
  user: string,
  url: string,
  t: TestContext,
  note: (step: (typeof STEPS)[number], text: string) => void,
  show: (what: string, seen: Seen) => void,
): Promise<void> {
  const laptop = await Device.open(browser, url, 'Laptop');
  const phone = await Device.open(browser, url, 'Phone');
  t.after(() => Promise.all([laptop.close(), phone.close()]));
  const isIn = async (device: Device, what: string) => {
    const seen = await example.look(device);
    show(what, seen);
    return example.isSignedIn(seen);
  };

  assert.equal(await isIn(laptop, 'before the sign-in'), false);
  show('sign-in', await example.signIn(laptop, user));
  assert.equal(await isIn(laptop, 'after the sign-in'), true);
  note('sign in', 'yes');

  await example.signIn(phone, user);
  assert.equal(await isIn(phone, 'on the phone'), true);
  await example.look(laptop);
  assert.deepEqual((await example.devices(laptop)).toSorted(), ['Laptop (here)', 'Phone']);
  note('two devices', 'both listed');

  show('end of the phone', await example.endPhone(laptop));
  assert.equal(await isIn(phone, 'on the ended phone'), false);
  assert.equal(await isIn(laptop, 'on the laptop'), true);
  assert.deepEqual(await example.devices(laptop), ['Laptop (here)']);
  note('end one', 'only the phone is out');

  if (example.pay === null) {
    note('step-up', 'no levels: the application keeps them');
  } else {
    const before = await laptop.cookies();
    const rejected = await example.pay(laptop);
    show('payment without a second factor', rejected);
    assert.doesNotMatch(rejected.text, /paid/i);
    show('second factor', await example.confirm(laptop));
    assert.notDeepEqual(await laptop.cookies(), before, 'the token was rotated');
    const paid = await example.pay(laptop);
    show('payment', paid);
    assert.match(paid.text, /paid/i);
    note('step-up', `rejected (${rejected.status}), then paid`);
  }

  await example.look(laptop);
  const cookies = await laptop.cookies();
  const { port } = new URL(service.url);
  await service.stop();
  const away = await example.look(laptop);
  show('while the service is away', away);
  assert.deepEqual(await laptop.cookies(), cookies, 'the outage keeps the cookie');
  service = await start(port);
  assert.equal(away.status, 503);
  assert.equal(await isIn(laptop, 'after the outage'), true);
  note('service away', '503, stays signed in');

  show('sign-out', await example.signOut(laptop));
  assert.equal(await isIn(laptop, 'after the sign-out'), false);
  note('sign out', 'yes');
}

/** Starts the example of a framework. Returns its address. */
async function urlOf(t: TestContext, name: string): Promise<string> {
  const app = applications.get(name);
  if (app === undefined) {
    const decorators =
      name === 'nest' ? { NODE_OPTIONS: `--import=${import.meta.resolve('../../scripts/decorators.ts')}` } : {};
    const { urls } = await startExample(t, name, { SESSIONS_URL: service.url, ...decorators });
    return (urls[0] ?? '').replace(/\/$/, '').replace('[::1]', '127.0.0.1');
  }
  const { url, stop } = await startApplication(name, app);
  t.after(stop);
  return url;
}

/** The service, on the same file: sessions survive its restart. */
function start(port: string): Promise<RunningService> {
  const settings = { SESSIONS_STORE: `sqlite:${folder}/sessions.db`, SESSIONS_PORT: port };
  return startService(loadConfig(settings), createLogger('silent'));
}
