// Lighthouse as phones are judged by it, and what a post weighs on the wire.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import lighthouse from "lighthouse";
import { freePort } from "../support/loopback.mjs";
import { Browser } from "./browser.mjs";
import { Site } from "./site.mjs";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** What of performance does not depend on how busy the machine is; the score itself is told, and stands in docs/performance.md. */
const CERTAIN = ["cumulative-layout-shift", "total-byte-weight"];
/** A post without pictures, with all styles and scripts, as it travels: at most so many bytes. */
const WEIGHT = 40_000;

describe("lighthouse", () => {
  let site, browser, port;

  before(async () => {
    site = await Site.start("lighthouse", { browser: false });
    port = await freePort();
    browser = await Browser.start(`--remote-debugging-port=${port}`);
  });
  after(async () => {
    await browser?.stop();
    await site?.stop();
  });

  for (const [name, where] of [["home", () => `${site.url}/`], ["a post with its discussion", () => site.posts.rich.url], ["a post", () => site.posts.quiet.url]]) {
    test(`${name}: 100 for accessibility, best practices and search; nothing that moves or weighs`, async (context) => {
      const { lhr } = await lighthouse(where(), { port, output: "json", logLevel: "error", onlyCategories: CATEGORIES });
      const scores = Object.fromEntries(CATEGORIES.map((category) => [category, Math.round(lhr.categories[category].score * 100)]));
      context.diagnostic(`performance ${scores.performance}`);
      const told = CATEGORIES.flatMap((category) => lacking(lhr, category)).join("\n");
      assert.deepEqual({ ...scores, performance: 0 }, { performance: 0, accessibility: 100, "best-practices": 100, seo: 100 }, told);
      for (const audit of CERTAIN) assert.equal(lhr.audits[audit].score, 1, `${audit}: ${told}`);
    });
  }

  test(`a post without pictures weighs at most ${WEIGHT / 1000} KB, styles and all`, async () => {
    const { page, close } = await browser.visit("about:blank");
    const wire = await page.context().newCDPSession(page);
    await wire.send("Network.enable");
    const names = new Map();
    let total = 0;
    const parts = [];
    wire.on("Network.responseReceived", ({ requestId, response }) => names.set(requestId, `${new URL(response.url).pathname} (${response.headers["content-encoding"] ?? response.headers["Content-Encoding"] ?? "as it is"})`));
    wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      total += encodedDataLength;
      parts.push(`${encodedDataLength} ${names.get(requestId)}`);
    });
    await page.goto(site.posts.quiet.url, { waitUntil: "load" });
    assert.ok(parts.length >= 2, "the page and its styles");
    assert.ok(total <= WEIGHT, `${total} bytes: ${parts.join(", ")}`);
    await close();
  });

  /** The audits of a category that cost points, with the places. */
  function lacking(lhr, category) {
    return lhr.categories[category].auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].scoreDisplayMode === "error" || (lhr.audits[id].score ?? 1) < 1))
      .map(({ id }) => {
        const { score, title, displayValue = "", errorMessage = "", details } = lhr.audits[id];
        const places = (details?.items ?? []).slice(0, 5).map((item) => item.node?.snippet ?? JSON.stringify(item).slice(0, 200));
        return [`${category} ${id} (${score}): ${title} ${displayValue}${errorMessage}`, ...places].join("\n  ");
      });
  }
});
