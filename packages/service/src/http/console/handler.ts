import type { IncomingMessage, ServerResponse } from 'node:http';
import { newRequest } from '../../observability/metrics/request-counts.ts';
import { sendContent } from '../content.ts';
import { servedAs } from '../methods.ts';
import type { Handler } from '../request-handler.ts';
import { ConsoleApi } from './api.ts';
import { ConsoleFiles } from './files.ts';
import type { ConsoleHandlerOptions } from './options.ts';
import { API_BASE } from './routes.ts';
import { SignIns } from './sign-ins.ts';

const FILES = '/console/';

/** Serves the files of the console, and its own API below `/console/api`. */
export function createConsoleHandler(options: ConsoleHandlerOptions): Handler {
  const { sessions, authenticator, errors, counts, adminConsole } = options;
  const signIns = new SignIns(sessions, authenticator, adminConsole.timeouts);
  const api = new ConsoleApi({ ...options, signIns });
  const files = new ConsoleFiles();

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<number | null> {
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
