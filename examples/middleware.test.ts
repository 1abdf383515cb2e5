import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithService, startWithWriteKey } from '../testing/examples/example.ts';

interface Device {
  readonly id: string;
  readonly client: string;
  readonly here: boolean;
}

for (const name of ['express-devices', 'hono-devices']) {
  test(`examples/${name}.ts lists a user's devices and ends one of them or all others`, async (t) => {
    const { client, urls } = await startWithWriteKey(t, name);
    const at = (path: string) => new URL(path, urls[0]);
    const [laptop, phone, tablet, stranger] = ['Laptop', 'Phone', 'Tablet', 'Stranger'].map((agent) => newJar(agent));
    assert.ok(laptop && phone && tablet && stranger);
    for (const jar of [laptop, phone, tablet]) {
      assert.deepEqual(await jar('POST', at('/login'), { user: 'ann' }), { signed_in: 'ann' });
    }
    await stranger('POST', at('/login'), { user: 'bob' });

    const devices = (await laptop('GET', at('/devices'))) as Device[];
    const shown = devices.map(({ client, here }) => `${client}${here ? ', here' : ''}`);
    assert.deepEqual(shown.toSorted(), ['Laptop, here', 'Phone', 'Tablet']);
    const id = devices.find(({ client }) => client === 'Phone')?.id ?? '';
    assert.deepEqual(await stranger('DELETE', at(`/devices/${id}`)), { error: 'no such device' });
    assert.deepEqual(await laptop('DELETE', at(`/devices/${id}`)), { ended: id });
    assert.deepEqual(await laptop('POST', at('/devices/end-others')), { ended: 1 });

    for (const jar of [phone, tablet]) {
      const rejection = (await jar('GET', at('/devices'))) as { code: string };
      assert.equal(rejection.code, 'SESSION_REQUIRED');
    }
    assert.equal(((await laptop('GET', at('/devices'))) as Device[]).length, 1);
    const auth_time = new Date(Date.now() - 301_000).toISOString();
    const old = newJar('TV', `session=${(await client.open({ user_id: 'ann', auth_time })).token}`);
    assert.equal(((await old('GET', at('/devices'))) as Device[]).length, 2);
    assert.partialDeepStrictEqual(await old('POST', at('/devices/end-others')), { code: 'STEP_UP_REQUIRED' });
    await old('POST', at('/reauthenticate'));
    assert.deepEqual(await old('POST', at('/devices/end-others')), { ended: 1 });
    await laptop('POST', at('/login'), { user: 'ann' });
    assert.deepEqual(await laptop('POST', at('/logout')), { signed_out: true });
    assert.equal(((await laptop('GET', at('/devices'))) as { code: string }).code, 'SESSION_REQUIRED');
  });
}

test('a user signs in at one service and out at both', async (t) => {
  const { urls } = await startWithService(t, 'two-services', { SHOP_PORT: '0', ORDERS_PORT: '0' }, 2);
  const [shop, orders] = urls;
  const jar = newJar('Laptop');
  await jar('POST', new URL('/login', shop), { user: 'ann' });
  const copy = jar.copy();
  assert.deepEqual(await jar('GET', new URL('/orders', orders)), { orders_of: 'ann', shown_in: { currency: 'EUR' } });
  await jar('POST', new URL('/logout', shop));
  for (const each of [jar, copy]) {
    const rejection = (await each('GET', new URL('/orders', orders))) as { code: string };
    assert.equal(rejection.code, 'SESSION_REQUIRED');
  }
});

/** Sends requests with a cookie jar, like `curl -b jar -c jar`. */
interface Jar {
  (method: string, url: URL, form?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Returns an independent jar with the same cookie. */
  readonly copy: () => Jar;
}

function newJar(agent: string, held = ''): Jar {
  let cookie = held;
  const send = async (method: string, url: URL, form?: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await fetch(url, {
      method,
      headers: { cookie, 'user-agent': agent },
      ...(form && { body: new URLSearchParams(form) }),
    });
    const [line] = response.headers.getSetCookie();
    if (line !== undefined) cookie = line.split(';')[0] ?? '';
    return response.json();
  };
  return Object.assign(send, { copy: () => newJar(agent, cookie) });
}
