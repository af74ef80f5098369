// A reply from elsewhere with a picture and an emoji, in a real browser: both are seen, and nobody but the blog is asked.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Blog } from "../support/blog.mjs";
import { freePort } from "../support/loopback.mjs";
import { Neighbour, png } from "../support/neighbour.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { until } from "../support/until.mjs";
import { Browser, picture, violations } from "./browser.mjs";

describe("pictures of others", () => {
  let folder, processes, blog, browser, post, stranger;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-pictures-"));
    processes = new Processes(path.join(folder, "logs"));
    const port = await freePort();
    const request = requester();
    blog = await Blog.start(processes, {
      folder: path.join(folder, "blog"), url: `http://localhost:${port}`, port, request, title: "Notes from the choir",
      env: { ANTIPHON_FEDERATION__ALLOW_HTTP: "true", ANTIPHON_FEDERATION__ALLOW_LOOPBACK: "true" },
    });
    stranger = await Neighbour.start(await freePort(), request);
    for (const name of ["mine", "face", "shown", "other", "folded", "tracker"]) stranger.show(`/${name}.png`, png(640, 360, [40, 90, 140]));
    const tag = [{ type: "Emoji", id: null, name: ":lute:", icon: { type: "Image", mediaType: "image/png", url: stranger.show("/emoji.png", png(64, 64, [200, 120, 0])) } }];
    const eve = stranger.person("eve", { name: "Eve :lute:", icon: { type: "Image", url: `${stranger.url}/face.png` }, tag });
    post = await blog.publish({ title: "Lutes", content: `Mine: ![A lute](${stranger.url}/mine.png)`, language: "en" });
    const content = `<p>Look at this :lute: <img src="${stranger.url}/tracker.png"><a href="${stranger.url}/x">https://bank.example/login</a></p>`;
    const reply = (number, extra) => stranger.send(`${blog.url}/ap/inbox`, eve, stranger.note(eve, number, post.ap_id, { content, tag, ...extra }));
    const image = (name, alt, sensitive) => ({ type: "Document", mediaType: "image/png", url: `${stranger.url}/${name}.png`, name: alt, sensitive });
    await reply(1, { attachment: [image("shown", "A blue field"), image("other", "Another")] });
    await reply(2, { attachment: [image("folded", "Behind a fold", true)], sensitive: true });
    await until("the pictures are here", async () => {
      const html = await blog.page(post);
      return (html.match(/<img class="u-photo" src="\/media\//g) ?? []).length === 3 && html.includes('class="emoji"') && !html.includes("[A lute]");
    });
    browser = await Browser.start();
  });

  after(async () => {
    await browser?.stop();
    await processes?.stopAll();
    stranger?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test("they are seen, described, and asked of nobody else", async () => {
    const before = stranger.asked.length;
    for (const [dark, width] of [[false, 1280], [true, 360]]) {
      const { page, seen, close } = await browser.visit(post.url, { dark, width });
      for (const summary of await page.locator(".pictures summary").all()) await summary.click();
      await page.waitForLoadState("networkidle");
      const images = await page.locator(".thread img").evaluateAll((all) => all.map((one) => {
        one.scrollIntoView();
        return { alt: one.alt, kind: one.className, src: one.src };
      }));
      await page.waitForFunction(() => [...document.querySelectorAll(".thread img, .prose img")].every((one) => one.complete && one.naturalWidth > 0));
      assert.ok(images.some(({ alt }) => alt === "A blue field") && images.some(({ alt }) => alt === "Behind a fold"), JSON.stringify(images));
      assert.ok(images.filter(({ kind, alt }) => kind === "emoji" && alt === ":lute:").length >= 2);
      const foreign = seen.requests.filter((one) => !one.startsWith(`${blog.url}/`));
      assert.deepEqual(foreign, [], "another server learns who reads");
      assert.deepEqual([seen.failures, seen.complaints], [[], []]);
      assert.equal(await page.locator(".thought a", { hasText: "bank.example" }).count(), 0, "a link cannot lie");
      const [needed, given] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(needed <= given, `the page scrolls sideways: ${needed} of ${given}`);
      assert.deepEqual(await violations(page), []);
      await picture(page, `pictures-${dark ? "dark" : "light"}-${width}`);
      await close();
    }
    assert.equal(stranger.asked.length, before, "the blog asks nothing when it is read");
    assert.ok(!stranger.asked.includes("/tracker.png"), "what a reply embeds in its text is asked of nobody");
  });

  test("what a reply hid behind a fold is folded", async () => {
    const { page, close } = await browser.visit(post.url);
    assert.equal(await page.locator(".pictures details:not([open])").count(), 1);
    assert.equal(await page.locator(".pictures details img").isVisible(), false);
    await close();
  });
});
