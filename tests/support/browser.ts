/**
 * A real Chromium for tests of pages. It watches what no page of ours may do: print an error, break
 * the content security policy, ask another origin for anything.
 */
import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where Debian's package has it; `deno task setup` installs it. */
const CHROMIUM = "/usr/bin/chromium";

/** Flags that a container needs (no sandbox, no GPU) and that keep Chromium from calling home. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Generous: other tests run on the same two cores. */
const TIMEOUT_MS = 60_000;

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  /** What pages did that they may not do, in words. */
  readonly faults: string[] = [];
  /** Console errors that a test brings about itself, as killing the server does. */
  expected: RegExp | undefined;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<TestBrowser> {
    return new TestBrowser(await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  }

  /** A tab in a profile of its own, not yet anywhere. `origin` is all that it may talk to. */
  async tab(origin: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      baseURL: origin,
      viewport: WIDE,
      reducedMotion: "reduce",
      ...options,
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    const note = (text: string) => {
      if (!this.expected?.test(text)) this.faults.push(text);
    };
    page.on("console", (message) => {
      if (message.type() === "error") note(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => note(`uncaught: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && url.protocol !== "data:") note(`request to ${url.href}`);
    });
    page.on("websocket", (socket) => {
      if (new URL(socket.url()).host !== new URL(origin).host) note(`socket to ${socket.url()}`);
    });
    return page;
  }

  /** A tab at a path of `origin`, once it is live. */
  async open(
    origin: string,
    path: string,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const page = await this.tab(origin, options);
    await page.goto(path);
    if (options.javaScriptEnabled !== false) await untilLive(page);
    return page;
  }

  /** Fails when any page did what it may not. */
  assertClean(): void {
    assert.deepEqual(this.faults, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Waits until the page says that it is live. */
export async function untilLive(page: Page): Promise<void> {
  await page.locator(".connection.c-live").waitFor();
}

/** Fails when the page can be scrolled sideways. */
export async function assertNoSidewaysScroll(page: Page): Promise<void> {
  const [content = 0, window = 0] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window} px`);
}
