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
  /** Starts it, with more flags if wanted. */
  static async start(...flags) {
    const browser = new Browser();
    browser.profile = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-chromium-"));
    browser.chromium = await chromium.launch({
      executablePath: process.env.ANTIPHON_TEST_CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...flags], env: { ...process.env, HOME: browser.profile },
    });
    return browser;
  }

  /** Opens a page and returns it with what it asked for and complained about. */
  async visit(url, { javaScript = true, dark = false, width = 1280, height = 900, ...more } = {}) {
    const context = await this.chromium.newContext({
      javaScriptEnabled: javaScript, colorScheme: dark ? "dark" : "light", viewport: { width, height }, reducedMotion: "reduce", ...more,
    });
    const page = await context.newPage();
    const seen = { requests: [], failures: [], complaints: [] };
    page.on("request", (request) => seen.requests.push(request.url()));
    page.on("requestfailed", (request) => seen.failures.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on("response", (response) => response.status() >= 400 && seen.failures.push(`${response.url()}: ${response.status()}`));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.complaints.push(message.text()));
    page.on("pageerror", (error) => seen.complaints.push(String(error)));
    // Not "networkidle": a page that waits for new comments keeps a connection open.
    const response = await page.goto(url, { waitUntil: "load", timeout: 30_000 });
    if (javaScript) await painted(page);
    return { page, response, seen, close: () => context.close() };
  }

  async stop() {
    await this.chromium?.close();
    fs.rmSync(this.profile, { recursive: true, force: true });
  }
}

/** Waits until fonts are there and what scripts change at the start is painted. */
export async function painted(page) {
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))));
}

/** Fails when the page is wider than the screen. */
export async function insistItFits(page, name) {
  const wide = await page.evaluate(() => {
    const given = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= given) return undefined;
    const beyond = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > given + 1);
    return `${document.scrollingElement.scrollWidth} of ${given}: ${beyond.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" … ")}`;
  });
  if (wide) throw new Error(`${name} scrolls sideways: ${wide}`);
}

/** How bright the page's ground is, from 0 to 255. */
export async function brightness(page) {
  const [red, green, blue] = await page.evaluate(() => {
    const opaque = (colour) => !/rgba\(.*, 0\)|transparent/.test(colour);
    const own = [document.body, document.documentElement].map((element) => getComputedStyle(element).backgroundColor).find(opaque);
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = own ?? "Canvas";
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  });
  return (red * 299 + green * 587 + blue * 114) / 1000;
}

/** What axe finds wrong, one line each. */
export async function violations(page) {
  // No page here has frames: the way without a page of axe's own is the faster one.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] }).analyze();
  return violations.map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`);
}

/** Saves a picture of the whole page where ANTIPHON_TEST_SCREENSHOTS says, if it does. */
export async function picture(page, name) {
  const folder = process.env.ANTIPHON_TEST_SCREENSHOTS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
