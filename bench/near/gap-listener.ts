/** Follows the changes of a service and counts published gaps. `follow` after `stop` resumes from the last event. */
export class GapListener {
  readonly #url: string;
  #last_id: string | null = null;
  #stopped = new AbortController();
  #gaps = 0;

  constructor(url: string) {
    this.#url = url;
  }

  get gaps(): number {
    return this.#gaps;
  }

  /** Resolves when the service has sent the missed changes. The gap at the very first call does not count. */
  async follow(): Promise<void> {
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    const isFirst = this.#last_id === null;
    const headers = { ...(this.#last_id !== null && { 'last-event-id': this.#last_id }) };
    const response = await fetch(`${this.#url}/v2/changes`, { signal, headers });
    const begun = Promise.withResolvers<void>();
    const read = async () => {
      let rest = '';
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = (rest + chunk).split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) this.#take(event);
        // A heartbeat follows the missed changes.
        if (events.some((event) => event.startsWith('event: heartbeat'))) begun.resolve();
      }
    };
    read().catch(() => {});
    await begun.promise;
    if (isFirst) this.#gaps = 0;
  }

  stop(): void {
    this.#stopped.abort();
  }

  #take(event: string): void {
    if (/^event: gap$/m.test(event)) this.#gaps += 1;
    this.#last_id = /^id: (\S+)$/m.exec(event)?.[1] ?? this.#last_id;
  }
}
