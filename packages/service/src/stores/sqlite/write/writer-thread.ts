import { extname } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { SqliteStoreConfig } from '../config.ts';
import type { KnownFiles } from '../files/open-files.ts';
import type { FromWriter, ToWriter, WriterData } from './writes.ts';

interface WriterListener {
  readonly receive: (message: FromWriter) => void;
  /** The thread has ended, after its last message. The reason is null where it has ended as it was told. */
  readonly ended: (reason: string | null) => void;
}

/** The thread that writes (`writer.ts`), as the thread that serves sees it. */
export class WriterThread {
  readonly #listener: WriterListener;
  readonly #port: MessagePort;
  #reason: string | null = null;

  constructor(config: SqliteStoreConfig, files: KnownFiles | null, listener: WriterListener) {
    this.#listener = listener;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (message: FromWriter) => listener.receive(message));
    // The thread runs from the sources as from the build, beside this file in both.
    const file = new URL(`writer${extname(import.meta.url)}`, import.meta.url);
    const workerData: WriterData = { config, files, port: port2 };
    // The index of the log stays open for the next thread.
    const worker = new Worker(file, { workerData, transferList: [port2], trackUnmanagedFds: false });
    worker.on('error', (error: unknown) => {
      this.#reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      for (let isLeft = true; isLeft; ) isLeft = this.receiveNow();
      this.#port.close();
      listener.ended(this.#reason ?? (code === 0 ? null : `it ended with ${code}`));
    });
  }

  send(message: ToWriter): void {
    this.#port.postMessage(message);
  }

  /** Takes a message that is there before its turn; false where there is none. */
  receiveNow(): boolean {
    const received = receiveMessageOnPort(this.#port);
    if (received) this.#listener.receive(received.message);
    return received !== undefined;
  }
}
