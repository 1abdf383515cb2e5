// The health check of the image: ends with 0 if the service of this container is ready, else with 1 and the reason.
// The image has no curl.
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

const TIMEOUT_MS = 2_500;

const { SESSIONS_PORT: port, SESSIONS_TLS_KEY: tlsKey, SESSIONS_TLS_CA: clientAuthorities } = process.env;
// The certificate names the service, not this loopback address. A service that requires certificates of clients accepts
// no request without one: then the check uses the port alone.
const get = tlsKey ? getHttps : getHttp;
const options = { host: '127.0.0.1', port, path: '/readyz', timeout: TIMEOUT_MS, rejectUnauthorized: false };

get(options, (response) => {
  response.resume();
  end(response.statusCode === 200 ? null : `/readyz responds ${response.statusCode}`);
})
  .on('timeout', () => end('no response in time'))
  .on('error', (error) => end(clientAuthorities && error.code?.startsWith('ERR_SSL') ? null : error.message));

/** @param {string | null} problem */
function end(problem) {
  if (problem !== null) process.stderr.write(`not ready: ${problem}\n`);
  process.exit(problem === null ? 0 : 1);
}
