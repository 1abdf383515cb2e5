import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { onFreePorts } from '../servers/free-port.ts';
import { findBinary, plainAccount } from '../servers/server-binary.ts';
import { privateFolder, removeFolder, ServerProcess } from '../servers/server-process.ts';

/** Also the timeout: a node may need a second for its metrics. The shortest windows of 5 s need two scrapes. */
const SCRAPE_INTERVAL = '2s';
const EVALUATION_INTERVAL = '200ms';

interface PrometheusOptions {
  /** The addresses of the nodes, as `host:port`. */
  readonly targets: readonly string[];
  /** The text of the file of rules. */
  readonly rules: string;
  /** The credentials of the nodes' `/metrics`. */
  readonly token: string;
}

interface Alert {
  readonly labels: { readonly alertname: string };
  readonly state: 'pending' | 'firing';
}

/** A Prometheus server in a temporary folder, on a free loopback port, that scrapes nodes of the service. */
export class Prometheus {
  readonly #url: string;
  readonly #process: ServerProcess;
  readonly #folder: string;

  static start(options: PrometheusOptions): Promise<Prometheus> {
    return onFreePorts(1, ([port = 0]) => Prometheus.#startOn(port, options));
  }

  static async #startOn(port: number, { targets, rules, token }: PrometheusOptions): Promise<Prometheus> {
    const binary = findBinary('prometheus');
    if (binary === null) throw new Error('Prometheus is missing: run "apt-get install prometheus".');
    const account = plainAccount();
    const folder = privateFolder('prometheus', account);
    try {
      const config = stringify({
        global: { scrape_interval: SCRAPE_INTERVAL, evaluation_interval: EVALUATION_INTERVAL },
        rule_files: ['alerts.yml'],
        scrape_configs: [
          { job_name: 'sessions', authorization: { credentials: token }, static_configs: [{ targets: [...targets] }] },
        ],
      });
      for (const [name, text] of Object.entries({ 'prometheus.yml': config, 'alerts.yml': rules })) {
        writeFileSync(join(folder, name), text);
        if (account) chownSync(join(folder, name), account.uid, account.gid);
      }
      const process = await ServerProcess.start({
        binary,
        args: ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
        folder,
        account,
        ready: /Server is ready to receive web requests/,
      });
      return new Prometheus(port, process, folder);
    } catch (error) {
      removeFolder(folder);
      throw error;
    }
  }

  private constructor(port: number, process: ServerProcess, folder: string) {
    this.#url = `http://127.0.0.1:${port}/api/v1`;
    this.#process = process;
    this.#folder = folder;
  }

  /** The names of the alerts in a state. */
  async alerts(state: Alert['state']): Promise<readonly string[]> {
    const { alerts } = await this.#get<{ readonly alerts: readonly Alert[] }>('alerts');
    return [...new Set(alerts.filter((alert) => alert.state === state).map(({ labels }) => labels.alertname))];
  }

  /** The value of an expression with one value; null without a value. */
  async value(expression: string): Promise<number | null> {
    const query = `query?query=${encodeURIComponent(expression)}`;
    const { result } = await this.#get<{ readonly result: readonly { readonly value: [number, string] }[] }>(query);
    return result[0] ? Number(result[0].value[1]) : null;
  }

  async remove(): Promise<void> {
    await this.#process.stop('SIGKILL');
    removeFolder(this.#folder);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/${path}`);
    const body = (await response.json()) as { readonly data: T };
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${JSON.stringify(body)}`);
    return body.data;
  }
}
