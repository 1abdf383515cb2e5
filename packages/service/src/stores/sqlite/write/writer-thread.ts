import { extname } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { SqliteStoreConfig } from '../config.ts';
import type { KnownFiles } from '../files/open-files.ts';
import type { FromWriter, ToWriter, WriterData } from './writes.ts';

interface WriterListener {
  readonly receive: (message: FromWriter) => void;
  /** The thread has ended, after its last message. The reason is null after `close`. */
  readonly ended: (reason: string | null) => void;
}

/** The main thread's side of the writer thread (`writer.ts`). */
export class WriterThread {
  readonly #listener: WriterListener;
  readonly #port: MessagePort;
  #reason: string | null = null;

  constructor(config: SqliteStoreConfig, files: KnownFiles | null, listener: WriterListener) {
    this.#listener = listener;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (message: FromWriter) => listener.receive(message));
    // The file is beside this one in the sources and in the build.
    const file = new URL(`writer${extname(import.meta.url)}`, import.meta.url);
    const workerData: WriterData = { config, files, port: port2 };
    // The log's index must stay open for the next thread.
    const worker = new Worker(file, { workerData, transferList: [port2], trackUnmanagedFds: false });
    worker.on('error', (error: unknown) => {
      this.#reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      for (let isLeft = true; isLeft; ) isLeft = this.receiveNow();
      this.#port.close();
      listener.ended(this.#reason ?? (code === 0 ? null : `exit code ${code}`));
    });
  }

  send(message: ToWriter): void {
    this.#port.postMessage(message);
  }

  /** Receives a message before its turn; false if there is none. */
  receiveNow(): boolean {
    const received = receiveMessageOnPort(this.#port);
    if (received) this.#listener.receive(received.message);
    return received !== undefined;
  }
}
