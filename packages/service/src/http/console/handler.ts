import type { IncomingMessage, ServerResponse } from 'node:http';
import { newRequest } from '../../observability/metrics/request-counts.ts';
import { sendContent } from '../content.ts';
import { servedAs } from '../methods.ts';
import type { Handler } from '../request-handler.ts';
import type { ConsoleApi } from './api.ts';
import type { ConsoleFiles } from './files.ts';
import type { ConsoleHandlerOptions } from './options.ts';
import { API_BASE } from './routes.ts';

const FILES = '/console/';

interface Parts {
  readonly api: ConsoleApi;
  readonly files: ConsoleFiles;
}

/**
 * Serves the files of the console, and its own API below `/console/api`. Their code is loaded for the first request, so
 * that it does not delay the start.
 */
export function createConsoleHandler(options: ConsoleHandlerOptions): Handler {
  const { errors, counts } = options;
  let parts: Promise<Parts> | null = null;

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<number | null> {
    parts ??= load(options);
    const { api, files } = await parts;
    if (path.startsWith(`${API_BASE}/`)) return api.answer(request, response, path.slice(API_BASE.length));
    const content = await files.content(path.slice(FILES.length), request);
    sendContent(response, content);
    return content.status;
  }

  return (request, response) => {
    const { url = '', method = '' } = request;
    const path = url.split('?', 1)[0] ?? '';
    const isApi = path.startsWith(`${API_BASE}/`);
    if (!path.startsWith(FILES) || !(isApi || servedAs(method) === 'GET')) return false;
    const counted = { ...newRequest(), route: 'console' };
    answer(request, response, path).then(
      // Null: API v2 has taken the request, and counts it.
      (status) => status !== null && counts?.ended(counted, status),
      (error: unknown) => {
        const status = errors.send(error, request, response, 'problem');
        counts?.ended(counted, status);
      },
    );
    return true;
  };
}

async function load(options: ConsoleHandlerOptions): Promise<Parts> {
  const [{ ConsoleApi }, { ConsoleFiles }, { SignIns }] = await Promise.all([
    import('./api.ts'),
    import('./files.ts'),
    import('./sign-ins.ts'),
  ]);
  const { sessions, authenticator, adminConsole } = options;
  const signIns = new SignIns(sessions, authenticator, adminConsole.timeouts);
  return { api: new ConsoleApi({ ...options, signIns }), files: new ConsoleFiles() };
}
