// Reading a post and its discussion: without JavaScript, in other scripts, on paper, by the keyboard alone.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { run } from "../support/processes.mjs";
import { picture } from "./browser.mjs";
import { pages } from "./kinds.mjs";
import { Site } from "./site.mjs";

describe("reading", () => {
  let site;
  const open = [];
  const visit = async (where, options) => {
    const visited = await site.visit(where, options);
    open.push(visited);
    return visited;
  };
  const anchor = (comment) => `[id="${new URL(comment.anchor_url).hash.slice(1)}"]`;

  before(async () => {
    site = await Site.start("reading");
  });
  after(async () => {
    for (const { close } of open) await close().catch(() => {});
    await site?.stop();
  });

  test("a post reads without JavaScript: title, text, figure, code, table, heading of the discussion", async () => {
    const { page, response } = await visit(site.posts.rich.url, { javaScript: false });
    assert.equal(response.status(), 200);
    assert.equal((await page.locator("h1").innerText()).trim(), "Call and response");
    assert.match(await page.title(), /Call and response/);
    assert.match(await page.locator("h2").filter({ hasText: "thoughts on" }).innerText(), /74 thoughts on .Call and response./);
    const figure = page.locator(".prose figure", { has: page.locator("figcaption") }).first();
    assert.equal(await figure.locator("img").getAttribute("alt"), "Two rows of carved oak stalls facing each other");
    assert.match(await figure.locator("figcaption").innerText(), /The stalls at noon/);
    assert.equal(await page.locator(".prose pre code").count(), 1);
    assert.equal(await page.locator(".prose table thead th").count(), 5);
    assert.equal(await page.locator(".prose blockquote").count(), 1);
    await picture(page, "post");
  });

  test("a footnote and its text lead to each other", async () => {
    const { page } = await visit(site.posts.rich.url, { javaScript: false });
    const reference = page.locator(".prose sup a").first();
    const note = page.locator(`[id="${decodeURIComponent(new URL(await reference.getAttribute("href"), site.posts.rich.url).hash.slice(1))}"]`);
    assert.match(await note.innerText(), /The step is always one higher/);
    const back = note.locator("a").last();
    const target = decodeURIComponent(new URL(await back.getAttribute("href"), site.posts.rich.url).hash.slice(1));
    assert.equal(await page.locator(`[id="${target}"]`).count(), 1);
  });

  test("answers are nested below what they answer", async () => {
    const { page } = await visit(site.posts.rich.url, { javaScript: false });
    const { first, answer } = site.stored;
    const depth = (comment) => page.locator(anchor(comment)).locator("xpath=ancestor::ol").count();
    assert.equal((await depth(answer)) - (await depth(first)), 1);
    const left = async (comment) => (await page.locator(anchor(comment)).boundingBox()).x;
    assert.ok((await left(answer)) > (await left(first)), "an answer is set in");
  });

  test("every comment has an address that leads to it", async () => {
    for (const comment of [site.stored.first, site.stored.answer, site.stored.own, site.stored.deepest]) {
      const { page, response } = await visit(comment.anchor_url, { javaScript: false, height: 300 });
      assert.equal(response.status(), 200);
      const target = page.locator(anchor(comment));
      assert.equal(await target.count(), 1, comment.anchor_url);
      const box = await target.boundingBox();
      assert.ok(box && box.y < 300 && box.y + box.height > 0, `${comment.anchor_url} is not scrolled to: ${JSON.stringify(box)}`);
    }
  });

  test("lines of a post are neither too long nor too short to read", async () => {
    for (const [width, least, most] of [[1280, 45, 80], [1920, 45, 80], [360, 28, 60]]) {
      const { page } = await visit(site.posts.quiet.url, { width });
      const characters = await page.locator(".e-content.prose p").first().evaluate((paragraph) => {
        const range = document.createRange();
        range.selectNodeContents(paragraph);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        // The last line is half full on average.
        return paragraph.textContent.trim().length / (lines.size - 0.5);
      });
      assert.ok(characters >= least && characters <= most, `${characters} characters a line at ${width} pixels`);
    }
  });

  test("an Arabic post runs from right to left, in its language, and so does an answer to it", async () => {
    const { page } = await visit(site.posts.arabic.url);
    const content = page.locator(".e-content.prose").first();
    assert.equal(await content.evaluate((one) => one.closest("[lang]").lang), "ar");
    for (const part of [page.locator("h1"), content, page.locator(".thought .e-content").first()])
      assert.equal(await part.evaluate((one) => getComputedStyle(one).direction), "rtl");
    const [quote, list] = await content.evaluate((one) => ["blockquote", "ul"].map((name) => {
      const style = getComputedStyle(one.querySelector(name));
      const [left, right] = [parseFloat(style.paddingLeft) + parseFloat(style.marginLeft), parseFloat(style.paddingRight) + parseFloat(style.marginRight)];
      return right >= left;
    }));
    assert.ok(quote && list, "what is set in is set in from the right");
    assert.equal(await page.locator("html").getAttribute("dir"), "ltr", "the interface stays as it is");
    await picture(page, "arabic");
  });

  test("a Chinese post says its language and breaks its lines", async () => {
    const { page } = await visit(site.posts.chinese.url, { width: 320 });
    const content = page.locator(".e-content.prose").first();
    assert.equal(await content.evaluate((one) => one.closest("[lang]").lang), "zh-Hant");
    const [height, line] = await content.locator("p").first().evaluate((one) => [one.getBoundingClientRect().height, parseFloat(getComputedStyle(one).lineHeight)]);
    assert.ok(height > 1.9 * line, `${height} for lines of ${line}`);
  });

  test("on paper stand the title, the text, the notes and the discussion, and nothing to press", async () => {
    const { page } = await visit(site.posts.rich.url, { dark: true });
    const file = path.join(site.folder, "post.pdf");
    await page.pdf({ path: file, format: "A4" });
    assert.ok(fs.statSync(file).size > 10_000);
    const text = run("pdftotext", ["-layout", file, "-"]);
    for (const wanted of ["Call and response", "The half verse", "Psalm 19", "Verses per minute", "one higher than you think", "The first thought", "The writer answers"])
      assert.ok(text.includes(wanted), `${wanted} is missing on paper`);
    for (const unwanted of ["Copy", "Where is my reply?", "Skip to"]) assert.ok(!text.includes(unwanted), `${unwanted} stands on paper`);
    const count = Number(/^Pages:\s+(\d+)/m.exec(run("pdfinfo", [file]))[1]);
    assert.ok(count >= 2 && count <= 14, `${count} pages`);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const ink = await page.locator(".e-content.prose p").first().evaluate((one) => getComputedStyle(one).color);
    assert.equal(ink, "rgb(0, 0, 0)", "black on white, also for those who read in the dark");
  });

  test("the keyboard alone gets everywhere: the way to the text first, then each link, each seen", async () => {
    for (const [name, url] of (await pages(site)).filter(([name]) => ["home", "post-quiet", "author", "replies"].includes(name))) {
      const { page } = await visit(url, { width: 900 });
      await page.keyboard.press("Tab");
      const first = page.locator(":focus");
      assert.equal(await first.getAttribute("href"), "#main", `${name}: the first stop leads to the text`);
      assert.ok(await first.evaluate((one) => one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().height > 10), `${name}: it is seen once it has the focus`);
      const stops = await reached(page);
      const wanted = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0 && !one.matches(".skip, input[type=radio]"))
        .map((one) => one.outerHTML.slice(0, 160)));
      assert.deepEqual(wanted.filter((one) => !stops.some(({ html }) => html === one)), [], `${name}: some are never reached`);
      const unseen = stops.filter(({ seen }) => !seen).map(({ html }) => html);
      assert.deepEqual(unseen, [], `${name}: no sign of the focus`);
    }
  });

  test("the way to the text moves the focus there", async () => {
    const { page } = await visit(site.posts.quiet.url);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.ok(await page.locator(":focus").evaluate((one) => one.closest("main") !== null));
  });

  test("a folded part opens by the keyboard, without JavaScript", async () => {
    const { page } = await visit(site.posts.rich.url, { javaScript: false });
    const summary = page.locator("main details:not([open]) > summary").first();
    if ((await summary.count()) === 0) return;
    const fold = await summary.evaluateHandle((one) => one.parentElement);
    await summary.focus();
    await page.keyboard.press("Enter");
    assert.equal(await fold.evaluate((one) => one.open), true);
  });

  /** Every stop of the Tab key until it leaves the page, and whether one sees that it has the focus. */
  async function reached(page) {
    const stops = [];
    for (let count = 0; count < 400; count += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const one = document.activeElement;
        if (!one || one === document.body) return undefined;
        const style = getComputedStyle(one);
        const seen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
        return { html: one.outerHTML.slice(0, 160), seen };
      });
      if (!stop) break;
      stops.push(stop);
    }
    return stops;
  }
});
