// Debian's Chromium under a test: started once, each page in a fresh context, everything it asks for written down.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

// No sandbox, since the tests may run as root; the rest keeps the browser from talking to its maker.
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.profile = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-chromium-"));
    browser.chromium = await chromium.launch({
      executablePath: process.env.ANTIPHON_TEST_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS, env: { ...process.env, HOME: browser.profile },
    });
    return browser;
  }

  /** Opens a page and returns it with what it asked for and complained about. */
  async visit(url, { javaScript = true, dark = false, width = 1280, height = 900 } = {}) {
    const context = await this.chromium.newContext({
      javaScriptEnabled: javaScript, colorScheme: dark ? "dark" : "light", viewport: { width, height }, reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const seen = { requests: [], failures: [], complaints: [] };
    page.on("request", (request) => seen.requests.push(request.url()));
    page.on("requestfailed", (request) => seen.failures.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on("response", (response) => response.status() >= 400 && seen.failures.push(`${response.url()}: ${response.status()}`));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.complaints.push(message.text()));
    page.on("pageerror", (error) => seen.complaints.push(String(error)));
    const response = await page.goto(url, { waitUntil: "networkidle", timeout: 30_000 });
    return { page, response, seen, close: () => context.close() };
  }

  async stop() {
    await this.chromium?.close();
    fs.rmSync(this.profile, { recursive: true, force: true });
  }
}

/** What axe finds wrong, one line each. */
export async function violations(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`);
}

/** Saves a picture of the whole page where ANTIPHON_TEST_SCREENSHOTS says, if it does. */
export async function picture(page, name) {
  const folder = process.env.ANTIPHON_TEST_SCREENSHOTS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
