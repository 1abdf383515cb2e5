import assert from 'node:assert/strict';
import type { Device, Seen } from './device.ts';

/** How a user does the steps in the example of one framework. */
export interface Example {
  readonly signIn: (device: Device, user: string) => Promise<Seen>;
  /** The view of a device of the user. */
  readonly look: (device: Device) => Promise<Seen>;
  readonly isSignedIn: (seen: Seen) => boolean;
  /** The names of the devices that the user sees. */
  readonly devices: (device: Device) => Promise<readonly string[]>;
  readonly endPhone: (device: Device) => Promise<Seen>;
  /** A payment; null if the example has no levels. */
  readonly pay: ((device: Device) => Promise<Seen>) | null;
  readonly confirm: (device: Device) => Promise<Seen>;
  readonly signOut: (device: Device) => Promise<Seen>;
}

interface Requests {
  /** The beginning of all paths. */
  readonly prefix?: string;
  readonly isForm?: true;
  /** The property of the sign-in that has the user. */
  readonly user?: string;
  /** The path that shows the user. */
  readonly me?: string;
  readonly endDevice?: (id: string) => readonly [method: string, path: string, body: unknown];
  /** The path that takes a second factor. */
  readonly confirm?: string;
  /** Null if the example has no levels: session libraries leave them to the application. */
  readonly levels?: null;
}

/** An example whose routes have JSON: a script of a page sends the requests. */
export function withRequests({
  prefix = '',
  isForm,
  user = 'user',
  me = '/me',
  endDevice,
  confirm = '/second-factor',
  levels,
}: Requests): Example {
  const end = endDevice ?? ((id) => ['DELETE', `/devices/${id}`, null] as const);
  const send = (device: Device, method: string, path: string, body: unknown = null) =>
    device.send(method, prefix + path, body, isForm && body !== null);
  const listOf = async (device: Device) => JSON.parse((await send(device, 'GET', '/devices')).text) as DeviceJson[];
  return {
    signIn: async (device, name) => {
      await device.visit(prefix + me);
      return send(device, 'POST', '/login', { [user]: name });
    },
    look: (device) => device.visit(prefix + me),
    isSignedIn: ({ status, text }) => status === 200 && !/"user": ?null/.test(text),
    devices: async (device) => (await listOf(device)).map(({ client, here }) => `${client}${here ? ' (here)' : ''}`),
    endPhone: async (device) => {
      const phone = (await listOf(device)).find(({ client }) => client === 'Phone');
      assert.ok(phone, 'the list has the phone');
      return send(device, ...end(phone.id));
    },
    pay: levels === null ? null : (device) => send(device, 'POST', '/payments'),
    confirm: (device) => send(device, 'POST', confirm),
    signOut: (device) => send(device, 'POST', '/logout'),
  };
}

interface DeviceJson {
  readonly id: string;
  readonly client: string;
  readonly here: boolean;
}

/** An example with pages. All of them have the same buttons. */
export const WITH_PAGES: Example = {
  signIn: async (device, name) => {
    await device.visit('/');
    await device.fill('user', name);
    return device.click('Sign in');
  },
  look: (device) => device.visit('/'),
  isSignedIn: ({ status, text }) => status === 200 && /^Hello ann/.test(text),
  devices: async (device) => {
    const items = await device.page.locator('li').allInnerTexts();
    return items.map((text) =>
      text.replace('(this device)', '(here)').replace('End', '').replaceAll(/\s+/g, ' ').trim(),
    );
  },
  endPhone: (device) => device.click('End', 'li:has-text("Phone")'),
  pay: (device) => device.click('Pay'),
  confirm: async (device) => {
    await device.visit('/');
    return device.click('Confirm it is you');
  },
  signOut: (device) => device.click('Sign out'),
};
