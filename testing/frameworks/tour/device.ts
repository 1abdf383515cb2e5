import type { Browser, BrowserContext, Page } from 'playwright-core';

/** The view of a user: the status of the response, if the step had one, and the text of the page or of the response. */
export interface Seen {
  readonly status: number | null;
  readonly text: string;
}

/** Every step has this timeout. */
const STEP_MS = 15_000;

/** A browser of a user, with its own cookies. */
export class Device {
  readonly #context: BrowserContext;
  readonly page: Page;
  readonly #url: string;

  static async open(browser: Browser, url: string, name: string): Promise<Device> {
    const context = await browser.newContext({ userAgent: name });
    context.setDefaultTimeout(STEP_MS);
    return new Device(context, await context.newPage(), url);
  }

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.page = page;
    this.#url = url;
  }

  /** Opens a page. */
  async visit(path: string): Promise<Seen> {
    const response = await this.page.goto(this.#url + path);
    return { status: response?.status() ?? null, text: await this.text() };
  }

  /** Sends a request from the page that is open, as its script does. */
  send(method: string, path: string, body: unknown = null, isForm = false): Promise<Seen> {
    return this.page.evaluate(
      async ({ method, path, body, isForm }) => {
        const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
        const content = isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body);
        const init = body === null ? {} : { headers: { 'content-type': type }, body: content };
        const response = await fetch(path, { method, ...init });
        return { status: response.status, text: await response.text() };
      },
      { method, path, body, isForm },
    );
  }

  /** Clicks a button, and waits until the page shows something else. */
  async click(button: string, within = 'body'): Promise<Seen> {
    // biome-ignore lint/performance/useDomNodeTextContent: a user does not see the text of scripts
    const before = await this.page.locator('body').innerText();
    const posted = this.page.waitForResponse((response) => response.request().method() === 'POST');
    await this.page.locator(within).getByRole('button', { name: button, exact: true }).first().click();
    const response = await posted;
    await this.page.waitForFunction(`document.body.innerText !== ${JSON.stringify(before)}`);
    await this.page.waitForLoadState();
    return { status: response.status(), text: await this.text() };
  }

  async fill(field: string, value: string): Promise<void> {
    await this.page.locator(`input[name=${field}]`).fill(value);
  }

  async text(): Promise<string> {
    // biome-ignore lint/performance/useDomNodeTextContent: a user does not see the text of scripts
    return (await this.page.locator('body').innerText()).replaceAll(/\s+/g, ' ').trim();
  }

  async cookies(): Promise<readonly string[]> {
    return (await this.#context.cookies()).map(({ name, value }) => `${name}=${value}`).toSorted();
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
