// The discussion in the browser: branches that fold, addresses that open the right one, ways to one's own server, comments that arrive.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { insistItFits, picture, violations } from "./browser.mjs";
import { Site } from "./site.mjs";

describe("talking", () => {
  let site, theirs;
  const open = [];
  const visit = async (where, options) => {
    const visited = await site.visit(where, options);
    open.push(visited);
    return visited;
  };
  /** The address of a comment's own page. */
  const own = (number) => `${new URL(site.posts.rich.url).pathname}/comments/${number}#comment-${number}`;

  before(async () => {
    site = await Site.start("talking");
    site.neighbour.finger(`${site.neighbour.url}/authorize_interaction?uri={uri}`);
    theirs = new URL(site.neighbour.url).host;
  });
  after(async () => {
    for (const { close } of open) await close().catch(() => {});
    await site?.stop();
  });

  test("a branch folds and unfolds without JavaScript, by mouse and by keyboard", async () => {
    const { page } = await visit(site.posts.rich.url, { javaScript: false });
    const summary = page.locator(".thread details > summary").first();
    const answer = page.locator('[id="comment-1.1"]');
    assert.ok(await answer.isVisible(), "branches are open");
    await summary.click();
    assert.ok(!(await answer.isVisible()), "it folds");
    assert.match(await summary.innerText(), /\d/, "what is folded is counted");
    await summary.focus();
    await page.keyboard.press("Enter");
    assert.ok(await answer.isVisible(), "it unfolds");
  });

  test("a deep branch goes on at its own page, and that leads back", async () => {
    const { page } = await visit(site.posts.rich.url, { javaScript: false });
    const further = page.locator(".thread .further a").first();
    assert.match(await further.innerText(), /\d/);
    await Promise.all([page.waitForURL(/\/comments\//), further.click()]);
    assert.ok((await page.locator(".thought").count()) > 1);
    assert.ok((await page.locator(`a[href^="${site.posts.rich.url}"]`).count()) > 0);
    assert.deepEqual(await violations(page), []);
  });

  test("a comment's address opens its branch, in sight and marked", async () => {
    for (const number of ["1.1", "1.1.1.1", "2"]) {
      const { page, response } = await visit(own(number), { javaScript: false, height: 400 });
      assert.equal(response.status(), 200, number);
      const target = page.locator(`[id="comment-${number}"]`);
      const box = await target.boundingBox();
      assert.ok(box && box.y < 400 && box.y + box.height > 0, `${number} is not in sight: ${JSON.stringify(box)}`);
      const looks = (one) => one.evaluate((element) => {
        const { backgroundColor, boxShadow, outlineStyle, borderInlineStartColor } = getComputedStyle(element);
        return JSON.stringify({ backgroundColor, boxShadow, outlineStyle, borderInlineStartColor });
      });
      const others = page.locator(`.thought:not([id="comment-${number}"]):not(.by-writer)`);
      if ((await others.count()) > 0) assert.notEqual(await looks(target), await looks(others.first()), `${number} looks like the others`);
    }
  });

  test("the newest come first when they are asked for", async () => {
    const { page } = await visit(site.posts.rich.url, { javaScript: false });
    const order = page.locator(`main a[href*="order=newest"]`).first();
    await Promise.all([page.waitForURL(/order=newest/), order.click()]);
    const times = await page.locator(".thread > ol > li > .thought .dt-published").evaluateAll((all) => all.map((one) => one.dateTime));
    assert.ok(times.length > 2);
    assert.deepEqual(times, [...times].sort().reverse());
  });

  test("the way to one's own server, page by page without JavaScript", async () => {
    const { page } = await visit(site.posts.quiet.url, { javaScript: false });
    await Promise.all([page.waitForURL(/\/interact\?/), page.getByRole("link", { name: "Reply", exact: true }).first().click()]);
    await page.locator("input[name=server]").fill(`@bob@${theirs}`);
    await Promise.all([page.waitForURL(/server=/), page.locator("form.ask button").click()]);
    const way = page.locator("a.go");
    const expected = `${site.neighbour.url}/authorize_interaction?uri=${encodeURIComponent(site.posts.quiet.ap_id)}`;
    assert.equal(await way.getAttribute("href"), expected);
    assert.ok((await page.locator("main").innerText()).includes(theirs), "it says where one will go");
    assert.equal(await page.locator("input[readonly]").first().inputValue(), site.posts.quiet.ap_id, "the address to copy");
    assert.deepEqual(await violations(page), []);
  });

  test("what is no server is said beside the field", async () => {
    const { page } = await visit(site.posts.quiet.url, { javaScript: false });
    await Promise.all([page.waitForURL(/\/interact\?/), page.getByRole("link", { name: "Follow", exact: true }).first().click()]);
    await page.locator("input[name=server]").fill("no server");
    await Promise.all([page.waitForURL(/server=/), page.locator("form.ask button").click()]);
    assert.equal(await page.locator("input[name=server]").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator("a.go").count(), 0);
    assert.deepEqual(await violations(page), []);
  });

  test("with JavaScript a dialog does the same, is closed by Escape, and the server is remembered in the browser only", async () => {
    const { page, seen } = await visit(site.posts.quiet.url, { width: 360 });
    const button = page.getByRole("link", { name: "Like", exact: true }).first();
    await button.click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("input[name=server]").fill(theirs);
    await dialog.locator("form button[type=submit]").click();
    await dialog.locator("a.go").waitFor();
    assert.ok((await dialog.locator("a.go").getAttribute("href")).startsWith(`${site.neighbour.url}/authorize_interaction?uri=`));
    assert.equal(new URL(page.url()).pathname, new URL(site.posts.quiet.url).pathname, "the reader stays where they are");
    await insistItFits(page, "the dialog");
    assert.deepEqual(await violations(page), []);
    await picture(page, "dialog");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.ok(await button.evaluate((one) => one === document.activeElement), "the focus is back where it was");
    await button.click();
    assert.equal(await dialog.locator("input[name=server]").inputValue(), theirs, "remembered");
    assert.deepEqual(await page.context().cookies(), [], "not by the node");
    assert.deepEqual([seen.failures, seen.complaints], [[], []]);
  });

  test("times are told as the reader's clock has them", async () => {
    const [here, there] = [await visit(site.posts.rich.url, { timezoneId: "UTC" }), await visit(site.posts.rich.url, { timezoneId: "Pacific/Kiritimati" })];
    const first = ({ page }) => page.locator(".thought time.dt-published").first();
    assert.equal(await first(here).getAttribute("datetime"), await first(there).getAttribute("datetime"));
    assert.notEqual(await first(here).innerText(), await first(there).innerText());
  });

  test("a comment that arrives is told of at once, and what is being read does not move", async () => {
    const { page, seen } = await visit(site.posts.rich.url);
    const read = page.locator('[id="comment-1.1.1"]');
    await read.scrollIntoViewIfNeeded();
    await Promise.all([page.waitForRequest(/\/live/, { timeout: 15_000 })]);
    const place = async () => Math.round((await read.boundingBox()).y);
    const before = await place();
    await site.reply("heidi", "<p>I come while you read.</p>");
    const news = page.locator("[data-live] button");
    await news.waitFor({ timeout: 20_000 });
    assert.match(await news.innerText(), /One new comment/);
    assert.equal(await place(), before, "telling moves nothing");
    await news.evaluate((one) => one.click());
    await page.locator("[data-live] a").waitFor();
    assert.ok(Math.abs((await place()) - before) <= 1, "showing moves nothing");
    assert.deepEqual([seen.failures, seen.complaints], [[], []]);
  });
});
