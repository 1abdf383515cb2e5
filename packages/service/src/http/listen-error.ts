const CHOOSE = 'choose another port with --port, SESSIONS_PORT or the setting "port"';
const LISTEN_ERRORS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (_host, port) => `Port ${port} is in use by another program: stop that program, or ${CHOOSE}`,
  EACCES: (_host, port) => `The user of this process may not listen on port ${port}: ${CHOOSE}`,
  EADDRNOTAVAIL: (host) => `No network interface of this machine has the address ${host}: choose another host`,
  ENOTFOUND: (host) => `The host name ${host} cannot be resolved: choose a name or an address of this machine`,
};

/** Returns the system's error with a message that says what to do. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const message = LISTEN_ERRORS[error.code ?? '']?.(host, port);
  if (message === undefined) return error;
  return Object.assign(new Error(`${message}. ${error.message}`, { cause: error }), { code: error.code });
}
