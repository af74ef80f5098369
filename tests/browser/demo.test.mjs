// `antiphon demo`, the first thing anybody runs: a seeded node and a second one that answers it over signed HTTP.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { binary } from "../support/blog.mjs";
import { answers } from "../support/loopback.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { Hopeless, until } from "../support/until.mjs";
import { Browser, picture, violations } from "./browser.mjs";

const SITE = "http://localhost:8080";

describe("the demo", () => {
  let folder, processes, browser;
  const request = requester();

  before(async () => {
    if (await answers(8080)) throw new Hopeless("something listens on port 8080 already; the demo needs it");
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-demo-"));
    processes = new Processes(path.join(folder, "logs"));
    processes.start("demo", binary(), ["demo", "--data", path.join(folder, "data")], { cwd: folder });
    await until("the demo answers", async () => {
      processes.insistOn("demo");
      return (await answers(8080)) && (await request(`${SITE}/readyz`)).status === 200;
    });
    browser = await Browser.start();
  });

  after(async () => {
    await browser?.stop();
    await processes?.stopAll();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  test("its posts stand on the front page", async () => {
    await until("the first post is published", async () => {
      processes.insistOn("demo");
      return (await request(`${SITE}/`, { headers: { accept: "text/html" } })).text.includes("h-entry");
    });
    const { page, close } = await browser.visit(`${SITE}/`);
    assert.ok((await page.locator(".h-entry h2 a.u-url").count()) > 0);
    assert.deepEqual(await violations(page), []);
    await picture(page, "demo-home");
    await close();
  });

  test("the second node's answers arrive, nested, with likes and boosts", async () => {
    const discussed = await until("a post with a nested discussion and reactions", async () => {
      processes.insistOn("demo");
      const home = (await request(`${SITE}/`, { headers: { accept: "text/html" } })).expect(200).text;
      for (const [, address] of home.matchAll(/<a class="u-url" href="([^"#]+)"/g)) {
        const url = new URL(address, SITE).href;
        const page = (await request(url, { headers: { accept: "text/html" } })).text;
        if (/\b(one|\d+) likes?\b/i.test(page) && (page.match(/u-comment/g) ?? []).length > 1) return url;
      }
      return undefined;
    });
    for (const [dark, width] of [[false, 1280], [true, 1280], [false, 360]]) {
      const { page, seen, close } = await browser.visit(discussed, { dark, width });
      assert.ok((await page.locator("ol ol .u-comment").count()) > 0, "an answer to an answer is nested");
      assert.deepEqual(await violations(page), []);
      assert.deepEqual([seen.failures, seen.complaints], [[], []]);
      await picture(page, `demo-post-${dark ? "dark" : "light"}-${width}`);
      await close();
    }
  });
});
