import { isLoopback } from '../../../../../http/loopback.ts';
import { VERSION } from '../../../../../process/version.ts';
import { CannotCheck, type Examination } from '../../examination.ts';
import { type ClockSource, foundClock } from '../clock.ts';
import { examineChanges } from './changes.ts';
import { examineKeys } from './keys.ts';
import { examineMetrics } from './metrics.ts';
import { fromNodes, get, type ServiceAddress } from './request.ts';
import { examineTls } from './tls.ts';

/** Checks a running service through its address, with everything that is between. */
export async function examineService(
  examination: Examination,
  service: ServiceAddress,
  clock: ClockSource,
): Promise<void> {
  const { base } = service;
  const host = new URL(base).hostname.replace(/^\[|\]$/g, '');
  await examination.check('the address of the service', () => {
    if (!base.startsWith('http:') || isLoopback(host)) return;
    examination.found('PLAIN_HTTP', `${base} has no TLS.`);
  });
  await examineTls(examination, service, clock.now());
  const isReached = await examination.check('the readiness of the service', (signal) =>
    checkReadiness(examination, service, signal),
  );
  if (!isReached) return;
  await examination.check('the version of the service', (signal) => checkVersions(examination, service, signal));
  await examination.check('the clock of the service', (signal) =>
    foundClock(
      examination,
      clock,
      'the clock of the service',
      async () => Date.parse(JSON.parse((await get(service, '/heartbeat', signal)).text)),
      ['SERVICE_CLOCK_OFF', 'SERVICE_CLOCK_OFF'],
    ),
  );
  if (!isLoopback(host)) {
    await examination.check('access without a key', (signal) => checkAccess(examination, service, signal));
  }
  await examineKeys(examination, service, clock.now());
  const samples = await examineMetrics(examination, service, clock.now());
  const lagsAlready = examination.findings.some(({ code }) => code === 'FEED_LAGS');
  await examineChanges(examination, service, lagsAlready && samples !== null);
}

async function checkReadiness(examination: Examination, service: ServiceAddress, signal: AbortSignal): Promise<void> {
  const { status, text } = await get(service, '/readyz', signal);
  const checks = checksOf(text);
  if (checks === null)
    throw new CannotCheck(`${service.base}/readyz responds with ${status}: it may not be a sessions service.`);
  if (status === 200) return;
  const reasons = Object.entries(checks).filter(([, result]) => result !== 'ok');
  const said = reasons.map(([name, result]) => `${name}: ${result}`).join(' ');
  examination.found('SERVICE_NOT_READY', `/readyz responds with ${status}. ${said}`);
}

function checksOf(text: string): Readonly<Record<string, string>> | null {
  try {
    const { checks } = JSON.parse(text) as { readonly checks?: Readonly<Record<string, string>> };
    return typeof checks === 'object' && checks !== null ? checks : null;
  } catch {
    return null;
  }
}

async function checkVersions(examination: Examination, service: ServiceAddress, signal: AbortSignal): Promise<void> {
  const versions = new Set<string>();
  for await (const { version } of fromNodes<{ readonly version: string }>(service, '/status', 'validate', signal)) {
    versions.add(version);
  }
  const found = [...versions].join(' and ');
  if (versions.size > 1) examination.found('NODES_DIFFER', `Requests to ${service.base} reach the versions ${found}.`);
  else if (found !== VERSION) {
    examination.found('SERVICE_VERSION_DIFFERS', `The service has version ${found}, this command ${VERSION}.`);
  }
}

async function checkAccess(examination: Examination, service: ServiceAddress, signal: AbortSignal): Promise<void> {
  const path = '/v2/sessions?limit=1';
  const { status } = await get({ ...service, key: null }, path, signal);
  if (status !== 200) return;
  examination.found('SERVICE_OPEN', `${service.base}${path} responds with ${status} to a request without a key.`);
}
