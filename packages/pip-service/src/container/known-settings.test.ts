import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigParams, Descriptor } from 'pip-services3-commons-nodex';
import { SessionsServiceFactory } from '../factory.ts';
import { Container } from './container.ts';
import { StandardFactory } from './standard-factory.ts';

function create(descriptor: string, config: object): string[] {
  const warnings: string[] = [];
  const components = [{ descriptor: Descriptor.fromString(descriptor), config: ConfigParams.fromValue(config) }];
  try {
    Container.create(components, [new SessionsServiceFactory(), new StandardFactory()], (line) => warnings.push(line));
  } catch (error) {
    // A component alone cannot be wired.
    if ((error as { code: string }).code === 'INVALID_CONFIG') throw error;
  }
  return warnings;
}

const PERSISTENCE = 'pip-services-sessions:persistence:file:default:1.0';
const CONTROLLER = 'pip-services-sessions:controller:default:default:1.0';
const SERVICE = 'pip-services-sessions:service:http:default:1.0';

test('a misspelt setting stops the process; the message suggests the right one', () => {
  const cases: [string, object, RegExp][] = [
    [
      CONTROLLER,
      { options: { expire_timout: 1 } },
      /options\.expire_timout is not .*Did you mean options\.expire_timeout\?/,
    ],
    [CONTROLLER, { option: { cleanup_interval: 1 } }, /Did you mean options\.cleanup_interval\?/],
    [PERSISTENCE, { pathh: 'x' }, /Did you mean path\?/],
    [SERVICE, { connection: { prot: 1 } }, /Did you mean connection\.port\?/],
    [SERVICE, { cors_origin: ['https://a.example'] }, /Did you mean cors_origins\?/],
    ['pip-services:endpoint:http:default:1.0', { conection: { host: 'x' } }, /Did you mean connection\.host\?/],
    ['pip-services:logger:console:default:1.0', { levl: 'info' }, /Did you mean level\?/],
  ];
  for (const [descriptor, config, message] of cases) {
    assert.throws(() => create(descriptor, config), { code: 'INVALID_CONFIG', message });
  }
});

test('settings that only the original had are ignored with a warning', () => {
  assert.deepEqual(create(SERVICE, { connection: { discovery_key: 'x', port: 0 }, options: { max_sockets: 5 } }), [
    `${SERVICE} has unknown settings, which are ignored: connection.discovery_key, options.max_sockets.`,
  ]);
  assert.deepEqual(create('pip-services:context-info:default:default:1.0', { properties: { nname: 'x' } }), []);
  assert.deepEqual(create(SERVICE, { cors_origins: ['https://a.example'], allowed_hosts: ['a', 'b'] }), []);
});
