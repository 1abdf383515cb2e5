import { createLogger, loadConfig, startService } from '@pip-sessions/service';
import { heapUsed } from './heap.ts';

/** The service on a SQLite file in a folder, which answers every message with its heap in use. */
const [store = ''] = process.argv.slice(2);
const config = loadConfig({ SESSIONS_STORE: store, SESSIONS_PORT: '0' });
const { url } = await startService(config, createLogger(config.log_level));
process.once('disconnect', () => process.exit());
process.on('message', () => void process.send?.(heapUsed()));
process.send?.(url);
