// What a reader sees, in a real browser: a blog with a post and a nested discussion.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Blog } from "../support/blog.mjs";
import { freePort } from "../support/loopback.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { Browser, picture, violations } from "./browser.mjs";

const CONTENT = `The first paragraph, with *stress*, a [link](https://example.org/) and \`code\`.

## A part

> A quotation that goes on for a while, so that it has to break on a narrow screen somewhere.

- one
- two

\`\`\`rust
fn main() { println!("a line of code that is much too wide for the screen of a telephone, so it has to scroll by itself"); }
\`\`\`

| Column | Another column | A third column |
|---|---|---|
| something | something longer | supercalifragilisticexpialidocious |

https://example.org/an/address/that/is/very/long/and/has/no/place/to/break/because/nobody/thought/of/telephones
`;

describe("the pages", () => {
  let folder, processes, blog, browser, post, comments;
  const open = [];
  const visit = async (url, options) => {
    const visit = await browser.visit(url, options);
    open.push(visit);
    return visit;
  };

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-pages-"));
    processes = new Processes(path.join(folder, "logs"));
    const port = await freePort();
    blog = await Blog.start(processes, {
      folder: path.join(folder, "blog"), url: `http://localhost:${port}`, port, request: requester(), title: "Notes from the choir",
      env: { ANTIPHON_FEDERATION__ALLOW_HTTP: "true", ANTIPHON_FEDERATION__ALLOW_LOOPBACK: "true" },
    });
    post = await blog.publish({ title: "Call and response", summary: "What a discussion is for.", content: CONTENT, tags: ["music", "web"], language: "en" });
    await blog.publish({ title: "Another day", content: "A short one.", language: "en" });
    const say = async (content, parent) => (await blog.api("POST", `/posts/${post.id}/comments`, { content, ...(parent ? { parent_id: parent.id } : {}) }, 201)).json;
    const first = await say("The first thought.");
    const answer = await say("An answer to the first.", first);
    const deeper = await say("An answer to the answer, with `code` and a very-long-word-that-does-not-want-to-break-anywhere-at-all-in-this-world.", answer);
    const second = await say("The second thought.");
    comments = { first, answer, deeper, second };
    browser = await Browser.start();
  });

  after(async () => {
    for (const { close } of open) await close().catch(() => {});
    await browser?.stop();
    await processes?.stopAll();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test("a post reads without JavaScript: title, text, heading of the discussion", async () => {
    const { page, response } = await visit(post.url, { javaScript: false });
    assert.equal(response.status(), 200);
    assert.equal(await page.locator("h1").count(), 1);
    assert.equal((await page.locator("h1").innerText()).trim(), "Call and response");
    assert.match(await page.locator("h2").filter({ hasText: "thoughts on" }).innerText(), /4 thoughts on .Call and response./);
    assert.equal(await page.locator("pre code").count(), 1);
    assert.match(await page.title(), /Call and response/);
    await picture(page, "post");
  });

  test("answers are nested below what they answer", async () => {
    const { page } = await visit(post.url, { javaScript: false });
    const depth = async (comment) => page.locator(anchor(comment)).locator("xpath=ancestor::ol").count();
    const [first, answer, deeper, second] = await Promise.all([comments.first, comments.answer, comments.deeper, comments.second].map(depth));
    assert.deepEqual([answer - first, deeper - first, second - first], [1, 2, 0]);
    const left = async (comment) => (await page.locator(anchor(comment)).boundingBox()).x;
    assert.ok((await left(comments.answer)) > (await left(comments.first)), "an answer is set in");
    const top = async (comment) => (await page.locator(anchor(comment)).boundingBox()).y;
    assert.ok((await top(comments.second)) > (await top(comments.deeper)), "the second thought comes after all answers to the first");
  });

  test("every comment has an address that leads to it", async () => {
    for (const comment of Object.values(comments)) {
      const { page, response } = await visit(comment.url, { javaScript: false, height: 300 });
      assert.equal(response.status(), 200);
      const target = page.locator(anchor(comment));
      assert.equal(await target.count(), 1);
      const box = await target.boundingBox();
      assert.ok(box.y < 300 && box.y + box.height > 0, `${comment.url} is not scrolled to: ${JSON.stringify(box)}`);
    }
  });

  for (const dark of [false, true]) {
    const mode = dark ? "dark" : "light";
    for (const width of [1280, 360]) {
      const screen = `${mode}, ${width} pixels wide`;

      test(`pages fit, load nothing foreign and complain of nothing (${screen})`, async () => {
        for (const [name, url] of pages()) {
          const { page, seen } = await visit(url, { dark, width });
          const [needed, given] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]);
          assert.ok(needed <= given, `${name} scrolls sideways: ${needed} of ${given}`);
          const foreign = seen.requests.filter((request) => !request.startsWith(blog.url) && !request.startsWith("data:"));
          assert.deepEqual(foreign, [], `${name} asks others`);
          assert.deepEqual(seen.failures, [], `${name} misses something`);
          assert.deepEqual(seen.complaints, [], `${name} complains`);
          await picture(page, `${name}-${mode}-${width}`);
        }
      });

      test(`axe finds nothing to complain of (${screen})`, async () => {
        for (const [name, url] of pages()) {
          const { page } = await visit(url, { dark, width });
          assert.deepEqual(await violations(page), [], name);
        }
      });
    }
  }

  test("the dark page is dark and the light page is light", async () => {
    const brightness = async (dark) => {
      const { page } = await visit(post.url, { dark });
      const [red, green, blue] = await page.evaluate(() => {
        const opaque = (colour) => !/rgba\(.*, 0\)|transparent/.test(colour);
        const own = [document.body, document.documentElement].map((element) => getComputedStyle(element).backgroundColor).find(opaque);
        const canvas = document.createElement("canvas").getContext("2d");
        canvas.fillStyle = own ?? "Canvas";
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
      });
      return (red * 299 + green * 587 + blue * 114) / 1000;
    };
    assert.ok((await brightness(true)) < 80);
    assert.ok((await brightness(false)) > 180);
  });

  test("a page that is not there says so, readably", async () => {
    const { page, response } = await visit(`${blog.url}/no/such/page`);
    assert.equal(response.status(), 404);
    assert.equal(await page.locator("h1").count(), 1);
    assert.deepEqual(await violations(page), []);
  });

  /** The pages that every look is taken at. */
  function pages() {
    return [["home", `${blog.url}/`], ["post", post.url]];
  }

  /** The selector of the element a comment's address points to. */
  function anchor(comment) {
    return `[id="${new URL(comment.url).hash.slice(1)}"]`;
  }
});
