/** The fields of a response to INFO or CLUSTER INFO (https://redis.io/docs/latest/commands/info/). */
export class ServerInfo {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(text: string) {
    const pairs = [...text.matchAll(/^([\w-]+):(.*?)\r?$/gm)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    this.#fields = new Map(pairs);
  }

  /** Empty if the server does not report the field. */
  text(name: string): string {
    return this.#fields.get(name) ?? '';
  }

  /** NaN if the server does not report the field. */
  number(name: string): number {
    return this.#fields.has(name) ? Number(this.text(name)) : Number.NaN;
  }
}
