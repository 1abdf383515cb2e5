import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, hang } from '../fixtures/scripted-fetch.ts';
import { checkedRequirement } from './requirement.ts';
import { passiveOf, toSettings, type UserSessionsOptions } from './settings.ts';

const { client } = clientOf([hang]);

test('a wrong option throws a TypeError that names it', () => {
  const wrong: readonly [RegExp, object][] = [
    [/^client is missing/, { client: undefined }],
    [/^credentials is empty/, { credentials: [] }],
    [/^credentials is empty/, { credentials: ['header'] }],
    [/^cookie\.name is 'sid'/, { cookie: { name: 'sid' } }],
    [/^cookie\.name is '__Secure-sid'/, { cookie: { name: '__Secure-sid' } }],
    [/^cookie\.name is '__Host-a;b'/, { cookie: { name: '__Host-a;b' } }],
    [/^cookie\.name is '__Host-sid'/, { cookie: { name: '__Host-sid' }, development: true }],
    [/^cookie\.same_site is 'None'/, { cookie: { same_site: 'None' } }],
    [/^cookie\.lifetime is 'forever'/, { cookie: { lifetime: 'forever' } }],
    [/^origins contains 'app\.example\.com'/, { origins: ['app.example.com'] }],
    [/^origins contains 'https:\/\/app\.example\.com\/'/, { origins: ['https://app.example.com/'] }],
    [/^origins contains 'null'/, { origins: ['null'] }],
    [/^origins contains 'https:\/\/user@app\.example\.com'/, { origins: ['https://user@app.example.com'] }],
    [/^cross_site_paths contains 'callback'/, { cross_site_paths: ['callback'] }],
    [/^cross_site_paths contains '\/callback\?a=1'/, { cross_site_paths: ['/callback?a=1'] }],
    [/^retry_after_s is -1/, { retry_after_s: -1 }],
    [/^retry_after_s is a value of type string/, { retry_after_s: '5' }],
    [/^origins is not an array/, { origins: 'https://app.example.com' }],
    [/^developement is an unknown option of userSessions; allowed: client, .*development/, { developement: true }],
    [/^sameSite is an unknown option of cookie; allowed: name, same_site, lifetime/, { cookie: { sameSite: 'Lax' } }],
  ];
  for (const [message, options] of wrong) {
    assert.throws(() => toSettings({ client, ...options } as UserSessionsOptions), { name: 'TypeError', message });
  }
});

test('origins are compared without case and without the default port', () => {
  const { origins } = toSettings({
    client,
    origins: ['https://App.Example.com:443', 'http://[::1]:3000'],
  }).origin_rules;
  assert.deepEqual([...origins], ['https://app.example.com', 'http://[::1]:3000']);
});

test('a requirement that no session or every session meets throws', () => {
  assert.throws(() => checkedRequirement({ level: 1.5 }), { name: 'TypeError', message: /^level is 1\.5/ });
  assert.throws(() => checkedRequirement({ max_age_s: 0 }), { name: 'TypeError', message: /^max_age_s is 0/ });
  assert.throws(() => checkedRequirement({ methods: [''] }), { name: 'TypeError', message: /^methods/ });
});

test('a misspelt requirement, or a guard that is not called, lets no request through', () => {
  const wrong: readonly [unknown, RegExp][] = [
    [{ lvl: 2 }, /^lvl is an unknown option of requireSession; allowed: level, max_age_s, methods/],
    [{ level: '2' }, /^level is a value of type string/],
    [2, /^properties of requireSession are a value of type number/],
    [new Request('http://localhost/'), /^requireSession is not called/],
  ];
  for (const [requirement, message] of wrong) {
    assert.throws(() => checkedRequirement(requirement as object), { name: 'TypeError', message });
  }
});

test('passive must be a function', () => {
  assert.throws(() => passiveOf({ passive: '/poll' as never }), {
    name: 'TypeError',
    message: /^passive is not a function/,
  });
  assert.equal(passiveOf({})('any request'), false);
});
