import { createLogger, loadConfig, startService } from '@pip-sessions/service';
import { heapUsed } from './heap.ts';

/** The service on a SQLite file. It responds to every message with its used heap. */
const [store = ''] = process.argv.slice(2);
const config = loadConfig({ SESSIONS_STORE: store, SESSIONS_PORT: '0' });
const { url } = await startService(config, createLogger(config.log_level));
process.once('disconnect', () => process.exit());
process.on('message', () => void process.send?.(heapUsed()));
process.send?.(url);
