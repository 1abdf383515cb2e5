import { ConfigParams, type IConfigurable } from 'pip-services3-commons-nodex';

/**
 * The toolkit's shared endpoint. Here each HTTP service listens by itself, and takes from the endpoint the
 * connection, the credential and the origins that it was not given itself.
 */
export class HttpEndpoint implements IConfigurable {
  static readonly settings = [
    'connection.protocol',
    'connection.host',
    'connection.port',
    'connection.uri',
    'credential.ssl_key_file',
    'credential.ssl_crt_file',
    'credential.ssl_ca_file',
    'open_to_network',
    'allowed_hosts',
    'cors_origins',
  ];
  #config = new ConfigParams();

  get config(): ConfigParams {
    return this.#config;
  }

  configure(config: ConfigParams): void {
    this.#config = this.#config.override(config);
  }
}
