import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../testing/service/command.ts';
import { SessionsProcess } from './process.ts';

/** Tests of which callers can use a process of components, and of its messages about them. */

const ORIGINAL_LIKE = fileURLToPath(new URL('./fixtures/original-like.yml', import.meta.url));
const OWN = fileURLToPath(new URL('../config/config.yml', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** The environment of a user who has not set an address. */
const SERVED = { LOG_LEVEL: 'none', HTTP_PORT: '0', HTTP_ENABLED: 'true' };

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-open-process-'));
after(() => rmSync(folder, { recursive: true }));

async function urlsOf(config: string, parameters: Record<string, string>): Promise<readonly string[]> {
  const process = new SessionsProcess();
  await process.open(config, { ...SERVED, ...parameters });
  const { urls } = process;
  await process.close();
  return urls;
}

test('[O-05] a process listens on loopback if no address is configured', async () => {
  for (const url of await urlsOf(OWN, {})) assert.match(url, /^http:\/\/127\.0\.0\.1:/);
});

test('[K-02] a process does not start on a network address without open_to_network', async () => {
  const cases: [string, Record<string, string>][] = [
    [ORIGINAL_LIKE, {}],
    [ORIGINAL_LIKE, { HTTP_OPEN_TO_NETWORK: 'false' }],
    [OWN, { HTTP_HOST: '0.0.0.0' }],
    [OWN, { HTTP_HOST: '::', HTTP_OPEN_TO_NETWORK: '' }],
  ];
  for (const [config, parameters] of cases) {
    await assert.rejects(urlsOf(config, parameters), {
      category: 'Misconfiguration',
      message: /^connection\.host is (0\.0\.0\.0|::), .*127\.0\.0\.1.*open_to_network: true.*HTTP_OPEN_TO_NETWORK=true/,
    });
  }
});

test('[O-05] with open_to_network a process listens on every address', async () => {
  for (const config of [ORIGINAL_LIKE, OWN]) {
    const [url] = await urlsOf(config, { HTTP_HOST: '0.0.0.0', HTTP_OPEN_TO_NETWORK: 'true' });
    assert.match(url ?? '', /^http:\/\/0\.0\.0\.0:/);
  }
});

test('the command prints who can call it and where sessions are stored', async (t) => {
  const path = join(folder, 'sessions.json');
  const cases: [string, Record<string, string>, RegExp[]][] = [
    [
      OWN,
      {},
      [
        /Serving sessions on http:\/\/127\.0\.0\.1:\d+\. /,
        /every program on this machine can read, change and end every session\./,
        /stored in memory and are lost when the process ends\./,
      ],
    ],
    [
      OWN,
      { HTTP_HOST: '0.0.0.0', HTTP_OPEN_TO_NETWORK: 'true', FILE_ENABLED: 'true', FILE_PATH: path },
      [/everyone who can reach its address can read/, new RegExp(`stored in ${path}\\.`)],
    ],
    [ORIGINAL_LIKE, { HTTP_ENABLED: '' }, [/^Nothing is served: .*original-like\.yml has no HTTP service/]],
  ];
  for (const [config, env, expected] of cases) {
    const command = new Command(MAIN, ['-c', config], { cwd: folder, env: { ...SERVED, LOG_LEVEL: 'info', ...env } });
    t.after(() => command.kill());
    for (const text of expected) await command.said(text);
  }
});
