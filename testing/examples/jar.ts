/** A response whose body is read. */
export interface JarResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of every shape
  readonly body: any;
}

/** Sends requests with the cookies that it has received, like a browser that does not follow redirects. */
export class Jar {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly cookies = new Map<string, string>();

  constructor(base: string, headers: Readonly<Record<string, string>> = {}) {
    this.#base = base;
    this.#headers = headers;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<JarResponse> {
    return this.send('GET', path, { headers });
  }

  /** Posts JSON, or a form. */
  post(path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<JarResponse> {
    const isForm = body instanceof URLSearchParams;
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    return this.send('POST', path, {
      headers: { 'content-type': type, ...headers },
      body: isForm ? body.toString() : JSON.stringify(body),
    });
  }

  async send(method: string, path: string, init: RequestInit = {}): Promise<JarResponse> {
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.#base), {
      ...init,
      method,
      redirect: 'manual',
      headers: { ...this.#headers, ...(init.headers as Record<string, string>), ...(cookie && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
