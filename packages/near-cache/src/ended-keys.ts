/**
 * Keys of ended sessions, in bounded memory. It holds keys, not ids: after its removal, a session can be opened again
 * under the same id with another token.
 */
export class EndedKeys {
  readonly #keys = new Set<string>();
  readonly #count_max: number;

  constructor(count_max: number) {
    this.#count_max = count_max;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= this.#count_max) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }
}
