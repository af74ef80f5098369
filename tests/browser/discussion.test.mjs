// The discussion in a real browser: folding threads, permanent links, the dialogs that lead to one's own server, comments that
// come meanwhile, all by keyboard and, where no script is needed, without any.

import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Blog } from "../support/blog.mjs";
import { freePort } from "../support/loopback.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { Browser, picture, violations } from "./browser.mjs";

/** A reader's own server: says by WebFinger where one answers, and has such a page. */
async function ownServer(port) {
  const server = http.createServer((asked, response) => {
    const url = new URL(asked.url, `http://localhost:${port}`);
    if (url.pathname === "/.well-known/webfinger") {
      const template = `http://localhost:${port}/answer?object={object}`;
      response.writeHead(200, { "content-type": "application/jrd+json" });
      return response.end(JSON.stringify({ links: [{ rel: "https://w3id.org/fep/3b86/Object", template }] }));
    }
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<title>Own server</title><link rel="icon" href="data:,"><p id="object">${encodeURIComponent(url.searchParams.get("object"))}</p>`);
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return server;
}

describe("the discussion", () => {
  let folder, processes, blog, browser, post, server, host;

  const answer = async (parent, content) =>
    (await blog.api("POST", `/posts/${post.id}/comments`, { content, ...(parent && { parent_id: parent.id }) }, 201)).json;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-discussion-"));
    processes = new Processes(path.join(folder, "logs"));
    const [port, other] = [await freePort(), await freePort()];
    blog = await Blog.start(processes, {
      folder: path.join(folder, "blog"), url: `http://localhost:${port}`, port, request: requester(), title: "Notes from the choir",
      env: { ANTIPHON_FEDERATION__ALLOW_HTTP: "true", ANTIPHON_FEDERATION__ALLOW_LOOPBACK: "true" },
    });
    server = await ownServer(other);
    host = `localhost:${other}`;
    post = await blog.publish({ title: "Psalms", content: "About **them**.\n\n".repeat(40), language: "en" });
    const first = await answer(null, "The first thought.");
    let deep = await answer(first, "An answer to it.");
    await answer(first, "Another one.");
    for (let level = 0; level < 10; level += 1) deep = await answer(deep, `Level ${level}.`);
    for (let number = 0; number < 5; number += 1) await answer(null, `A thought, long enough to scroll. ${"So on. ".repeat(60)}`);
    browser = await Browser.start();
  });

  after(async () => {
    await browser?.stop();
    server?.close();
    await processes?.stopAll();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  test("threads fold and unfold, by pointer and by keyboard, without a script", async () => {
    const { page, seen, close } = await browser.visit(post.url, { javaScript: false });
    const summary = page.locator("details.branch > summary").first();
    const below = page.locator("#comment-1\\.2");
    assert.ok(await below.isVisible());
    await summary.click();
    assert.ok(!(await below.isVisible()));
    assert.match(await summary.innerText(), /12 answers\s+to\s+alice/);
    await summary.focus();
    await page.keyboard.press("Enter");
    assert.ok(await below.isVisible());
    assert.deepEqual(seen.failures, []);
    await close();
  });

  test("a permanent link opens the comment on its own page, with what it answers, marked", async () => {
    const { page, close } = await browser.visit(post.url);
    const link = page.locator("#comment-1\\.1 .moment a").first();
    const address = new URL(await link.getAttribute("href"), post.url).href;
    await page.goto(address);
    assert.match(page.url(), /\/comments\/1\.1#comment-1\.1$/);
    assert.ok(await page.locator("#comment-1").isVisible());
    const mark = await page.locator(":target").evaluate((one) => getComputedStyle(one, "::before").backgroundColor);
    assert.notEqual(mark, "rgba(0, 0, 0, 0)");
    assert.equal(await page.locator(":target").getAttribute("id"), "comment-1.1");
    assert.deepEqual(await violations(page), []);
    await picture(page, "comment");
    await close();
  });

  test("a thread that is too deep goes on, on a page of its own", async () => {
    const { page, close } = await browser.visit(post.url, { javaScript: false });
    await page.getByRole("link", { name: /Continue this thread \(2 more\)/ }).click();
    assert.match(page.url(), /\/comments\/(1\.?){10}#/);
    assert.ok(await page.getByText("Level 9.").isVisible());
    await page.getByRole("link", { name: /comments on “Psalms”/ }).click();
    assert.equal(page.url(), `${post.url}#comments`);
    await close();
  });

  test("the order can be chosen, without a script", async () => {
    const { page, close } = await browser.visit(post.url, { javaScript: false });
    await page.getByRole("link", { name: "Newest first" }).click();
    assert.equal(await page.locator(".thread > ol > li > article").first().getAttribute("id"), "comment-6");
    assert.equal(await page.getByRole("link", { name: "Newest first" }).getAttribute("aria-current"), "true");
    await close();
  });

  test("times are the reader's own, written as the site writes dates, and say what they are in UTC", async () => {
    const { page, close } = await browser.visit(post.url);
    const time = page.locator("#comment-1 time").first();
    const wanted = await time.evaluate((one) => new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" }).format(new Date(one.dateTime)));
    assert.equal(await time.textContent(), wanted);
    assert.match(await time.getAttribute("title"), /UTC$/);
    await close();
    const plain = await browser.visit(post.url, { javaScript: false });
    assert.match(await plain.page.locator("#comment-1 time").first().textContent(), /UTC$/);
    await plain.close();
  });

  test("a dialog finds the way to one's own server, by keyboard alone, and the server is remembered", async () => {
    const { page, seen, close } = await browser.visit(post.url);
    const button = page.locator(".acts a", { hasText: "Reply" });
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Reply from your own server" });
    await dialog.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), "server");
    assert.deepEqual(await violations(page), []);
    await picture(page, "dialog");
    await page.keyboard.type(`@bob@${host}`);
    await page.keyboard.press("Enter");
    const go = dialog.getByRole("link", { name: `Continue at ${host}` });
    await go.waitFor();
    assert.equal(await go.getAttribute("rel"), "noopener noreferrer nofollow external");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.ok(await button.evaluate((one) => one === document.activeElement));
    await page.locator("#comment-1 a.act", { hasText: "Like" }).click();
    const second = page.getByRole("dialog", { name: "Like from your own server" });
    await second.waitFor();
    assert.equal(await second.locator("input[name=server]").inputValue(), `@bob@${host}`);
    await page.keyboard.press("Enter");
    await second.getByRole("link", { name: `Continue at ${host}` }).click();
    await page.waitForURL(/\/answer\?object=/);
    assert.match(decodeURIComponent(await page.locator("#object").textContent()), /\/ap\/comments\/\d+$/);
    assert.deepEqual(await page.context().cookies(), []);
    assert.deepEqual(seen.complaints, []);
    await close();
  });

  test("a wrong name is explained in the dialog", async () => {
    const { page, close } = await browser.visit(post.url);
    await page.locator(".acts a", { hasText: "Follow" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("input[name=server]").fill("bob");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").waitFor();
    assert.match(await dialog.getByRole("alert").textContent(), /neither a handle nor a server/);
    assert.ok(await dialog.locator(".copy").inputValue());
    await dialog.getByRole("button", { name: "Close" }).click();
    assert.equal(await page.getByRole("dialog").count(), 0);
    await close();
  });

  test("the same works without a script, on a page of its own", async () => {
    const { page, close } = await browser.visit(post.url, { javaScript: false });
    await page.locator(".acts a", { hasText: "Boost" }).click();
    assert.match(page.url(), /\/interact\?do=boost/);
    assert.deepEqual(await page.locator(".copier").evaluateAll((all) => all.filter((one) => !one.hidden)), []);
    await page.locator("input[name=server]").fill(host);
    await page.getByRole("button", { name: "Find the way" }).click();
    await picture(page, "way");
    await page.getByRole("link", { name: `Continue at ${host}` }).click();
    assert.match(page.url(), /\/answer\?object=/);
    await close();
  });

  test("new comments are told of, come when asked for, and move nothing", async () => {
    const { page, close } = await browser.visit(post.url, { height: 700 });
    const total = Number(await page.locator("[data-live]").getAttribute("data-total"));
    let told = total;
    await page.route("**/live", (route) => route.fulfill({ contentType: "text/event-stream", body: `retry: 300\ndata: ${told}\n\n` }));
    await page.reload();
    await page.locator("#comment-4").scrollIntoViewIfNeeded();
    const first = (await blog.comments(post)).comments[0];
    await answer(first, "A late answer above.");
    await answer(null, "A late thought below.");
    told = total + 2;
    const button = page.getByRole("button", { name: "2 new comments" });
    await button.waitFor({ timeout: 15_000 });
    assert.equal(await page.getByText("A late").count(), 0);
    const before = await page.locator("#comment-4").evaluate((one) => one.getBoundingClientRect().top);
    await button.focus();
    await page.keyboard.press("Enter");
    const link = page.getByRole("link", { name: "Show the first new comment" });
    await link.waitFor();
    const now = await page.locator("#comment-4").evaluate((one) => one.getBoundingClientRect().top);
    assert.ok(Math.abs(now - before) < 2, `moved by ${now - before}`);
    assert.equal(await page.locator("#comment-1\\.3.fresh").count(), 1);
    assert.equal(await page.locator(".thread > ol > li:last-child > #comment-7").count(), 1);
    assert.match(await page.locator("#thoughts").textContent(), new RegExp(`^${total + 2} thoughts`));
    await link.click();
    assert.match(page.url(), /#comment-1\.3$/);
    await close();
  });
});
