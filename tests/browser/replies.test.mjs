// "Where is my reply?" in a real browser: what became of replies that came, were refused, are not public or never came.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Blog } from "../support/blog.mjs";
import { freePort } from "../support/loopback.mjs";
import { Neighbour } from "../support/neighbour.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { Browser, picture, violations } from "./browser.mjs";

describe("where is my reply", () => {
  let folder, processes, blog, browser, post, neighbour, notes;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-replies-"));
    processes = new Processes(path.join(folder, "logs"));
    const port = await freePort();
    const request = requester();
    blog = await Blog.start(processes, {
      folder: path.join(folder, "blog"), url: `http://localhost:${port}`, port, request, title: "Notes from the choir",
      env: { ANTIPHON_DISCUSSION__MODERATION: "known", ANTIPHON_FEDERATION__ALLOW_HTTP: "true", ANTIPHON_FEDERATION__ALLOW_LOOPBACK: "true" },
    });
    neighbour = await Neighbour.start(await freePort(), request);
    post = await blog.publish({ title: "Lutes", content: "About them.", language: "en" });
    const [bob, carol] = [neighbour.person("bob"), neighbour.person("carol")];
    const inbox = `${blog.url}/ap/inbox`;
    const note = (person, number, extra) => neighbour.note(person, number, post.ap_id, extra);
    notes = {
      accepted: note(bob, 1), held: note(carol, 1), refused: note(bob, 2), private: note(bob, 3, { to: [`${blog.url}/@alice`] }), unknown: note(bob, 4),
      late: neighbour.publish(note(bob, 5)),
    };
    await neighbour.send(inbox, bob, notes.accepted);
    const found = blog.command("comment", "locate", notes.accepted.id, "--json");
    blog.command("comment", "approve", JSON.parse(found).comment_id);
    await neighbour.send(inbox, carol, notes.held);
    await neighbour.send(inbox, bob, notes.refused, 401, true);
    await neighbour.send(inbox, bob, notes.private);
    browser = await Browser.start();
  });

  after(async () => {
    await browser?.stop();
    await processes?.stopAll();
    neighbour?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Asks after an address by hand, as people do, and returns what the page then says. */
  async function ask(address, options) {
    const { page, seen, close } = await browser.visit(post.url, options);
    await page.getByRole("link", { name: "Where is my reply?" }).first().click();
    await page.getByLabel("Address of your reply").fill(address);
    await page.getByRole("button", { name: "Look for it" }).click();
    await page.waitForLoadState("networkidle");
    return { page, seen, close, said: await page.getByRole("heading", { level: 2 }).innerText() };
  }

  for (const [name, said] of [
    ["accepted", /Your reply is here/], ["held", /everybody’s first reply/], ["refused", /was refused/],
    ["private", /is not public/], ["unknown", /never came here/], ["late", /Your reply is here/],
  ]) {
    test(`a reply that is ${name} is found or explained, without JavaScript`, async () => {
      const found = await ask(notes[name].id, { javaScript: false });
      assert.match(found.said, said);
      const text = await found.page.locator("main").innerText();
      assert.ok(!text.includes("The words of"), "the page says nothing of what stands in it");
      const foreign = found.seen.requests.filter((one) => !one.startsWith(`${blog.url}/`));
      assert.deepEqual(foreign, [], "another server learns who asks");
      await found.close();
    });

    test(`axe finds nothing to complain of (${name})`, async () => {
      for (const [dark, width] of [[false, 1280], [true, 360]]) {
        const { page, seen, close } = await browser.visit(`${blog.url}/replies?url=${encodeURIComponent(notes[name].id)}`, { dark, width });
        assert.deepEqual([seen.failures, seen.complaints], [[], []]);
        const [needed, given] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(needed <= given, `the page scrolls sideways: ${needed} of ${given}`);
        assert.deepEqual(await violations(page), []);
        await picture(page, `replies-${name}-${dark ? "dark" : "light"}-${width}`);
        await close();
      }
    });
  }

  test("a reply that never came was imported, and its link leads to it", async () => {
    const { page, close } = await ask(notes.late.id);
    await page.getByRole("link", { name: "Read it in its thread" }).click();
    await page.waitForLoadState("networkidle");
    assert.ok(page.url().startsWith(`${post.url}/comments/`), page.url());
    assert.match(await page.locator(new URL(page.url()).hash.replaceAll(".", "\\.")).innerText(), /The words of bob/);
    assert.equal(neighbour.asked.filter((one) => one === "/users/bob/notes/5").length, 1, "it was asked for once");
    await close();
  });

  test("what is no address is said beside the field", async () => {
    const { page, response, close } = await browser.visit(`${blog.url}/replies?url=nonsense`);
    assert.equal(response.status(), 400);
    assert.equal(await page.getByLabel("Address of your reply").getAttribute("aria-invalid"), "true");
    assert.match(await page.locator("#slip").innerText(), /no web address/);
    assert.deepEqual(await violations(page), []);
    await close();
  });
});
