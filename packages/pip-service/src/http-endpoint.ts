import { ConfigParams, type IConfigurable } from 'pip-services3-commons-nodex';

/**
 * The toolkit's shared endpoint. Each HTTP service of this package listens by itself. It takes the connection, the
 * credential and the origins from the endpoint if its own configuration does not have them.
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
