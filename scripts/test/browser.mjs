/** Headless Chromium and Firefox for engine suites and example pages. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens the browser, gives `use` a function that loads an address and waits for a value there, and closes it again. */
export async function withBrowser({ id, path }, use) {
  const userDataDir = mkdtempSync(join(tmpdir(), `hornbeam-${id}-`));
  let browser;
  try {
    const [kind, args] = id === "firefox" ? ["firefox", []] : ["chrome", CHROMIUM_FLAGS];
    browser = await puppeteer.launch({
      browser: kind,
      executablePath: path,
      headless: true,
      userDataDir,
      args,
      protocolTimeout: 0,
    });
    await use((url, wanted, seconds) => visit(browser, url, wanted, seconds));
  } finally {
    await browser?.close();
    rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What no page needs, or what a suite asks for to see what is said when it is not there. */
const MAY_BE_MISSING = /^\/favicon\.ico$|\/no\/such\//;

/** Loads `url` and resolves with the first truthy value of the expression `wanted`; rejects on a page error or a missing file. */
async function visit(browser, url, wanted, seconds) {
  const page = await browser.newPage();
  try {
    const broken = new Promise((_, reject) => {
      page.on("pageerror", (error) => reject(new Error(`the page threw: ${error?.stack ?? error}`)));
      page.on("response", (response) => {
        const asked = new URL(response.url()).pathname;
        if (response.status() >= 400 && !MAY_BE_MISSING.test(asked))
          reject(new Error(`${asked}: HTTP ${response.status()}`));
      });
      page.on("requestfailed", (request) => reject(new Error(`${request.url()}: ${request.failure()?.errorText}`)));
    });
    broken.catch(() => {});
    await Promise.race([page.goto(url), broken]);
    const arrived = page.waitForFunction(wanted, { timeout: seconds * 1000, polling: 50 });
    const handle = await Promise.race([arrived, broken]);
    return await handle.jsonValue();
  } finally {
    await page.close();
  }
}
