import { readdirSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import type { StoreOptions } from '../../packages/service/src/stores/shared/store-url.ts';
import type { Home, Kind } from './kind.ts';

const FOLDER = new URL('kinds/', import.meta.url);
const files = readdirSync(FOLDER).toSorted();
const KINDS: readonly Kind[] = await Promise.all(
  files.map(async (file) => ((await import(new URL(file, FOLDER).href)) as { readonly KIND: Kind }).KIND),
);

/** The stores of one kind, for the tests of one file. */
export class TestedStores {
  readonly name: string;
  /** Whether `again` opens a second node on the same data. */
  readonly isShared: boolean;
  readonly #kind: Kind;
  #home: Home | null = null;
  #url = '';
  #open: SessionStore[] = [];

  constructor(kind: Kind) {
    this.name = kind.name;
    this.isShared = kind.isShared;
    this.#kind = kind;
  }

  /** How many random cases a property test runs here, of those that it runs on the memory store. */
  runs(on_memory: number): number {
    return Math.ceil(on_memory * this.#kind.speed);
  }

  async start(): Promise<void> {
    this.#home = await this.#kind.start();
  }

  async stop(): Promise<void> {
    await this.#close();
    await this.#home?.stop();
  }

  /** Opens an empty store, and closes all stores opened before. */
  async empty(options: Omit<StoreOptions, 'retention_ms'> = {}): Promise<SessionStore> {
    if (!this.#home) throw new Error('The stores are not started yet: call empty() inside a test or a hook.');
    await this.#close();
    this.#url = await this.#home.empty();
    return this.again(options);
  }

  /** The URL of the last empty store. */
  get url(): string {
    return this.#url;
  }

  /** Opens another store on the same data as the last empty one, like a second node. */
  async again(options: Omit<StoreOptions, 'retention_ms'> = {}): Promise<SessionStore> {
    const store = await createStore(this.#url, { retention_ms: null, ...options });
    await store.open();
    this.#open.push(store);
    return store;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((store) => store.close()));
  }
}

/** Declares the same tests for every kind of store. The servers of a kind are started for this test file only. */
export function onEveryStore(declare: (stores: TestedStores) => void): void {
  for (const kind of KINDS) onKind(kind, declare);
}

/** Declares the tests only for the kinds of store that several nodes may share. */
export function onSharedStores(declare: (stores: TestedStores) => void): void {
  for (const kind of KINDS) if (kind.isShared) onKind(kind, declare);
}

function onKind(kind: Kind, declare: (stores: TestedStores) => void): void {
  describe(kind.name, { skip: kind.missing ?? false }, () => {
    const stores = new TestedStores(kind);
    before(() => stores.start());
    after(() => stores.stop());
    declare(stores);
  });
}
