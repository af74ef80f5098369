// "Where is my reply?" in a real browser: what became of replies that came, were refused, are not public or never came.

import assert from "node:assert/strict";
import crypto from "node:crypto";
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

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";
const ACTIVITY = { "content-type": "application/activity+json" };

/** A server with people who sign as Mastodon does. It serves what is published, and nothing else. */
class Neighbour {
  static async start(port, request) {
    const neighbour = Object.assign(new Neighbour(), { url: `http://localhost:${port}`, request, shown: new Map(), asked: [] });
    neighbour.keys = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
    neighbour.server = http.createServer((asked, response) => {
      neighbour.asked.push(asked.url);
      const found = neighbour.shown.get(asked.url);
      response.writeHead(found ? 200 : 404, found ? ACTIVITY : {});
      response.end(found ? JSON.stringify(found) : "");
    }).listen(port, "127.0.0.1");
    return neighbour;
  }

  publish(document) {
    this.shown.set(document.id.slice(this.url.length), document);
    return document;
  }

  person(name) {
    const id = `${this.url}/users/${name}`;
    const publicKeyPem = this.keys.publicKey.export({ type: "spki", format: "pem" });
    return this.publish({
      "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
      id, type: "Person", preferredUsername: name, name, inbox: `${id}/inbox`, outbox: `${id}/outbox`,
      publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem },
    });
  }

  note(person, number, parent, extra) {
    const published = new Date().toISOString();
    const content = `<p>The words of ${person.name}.</p>`;
    return { id: `${person.id}/notes/${number}`, type: "Note", attributedTo: person.id, inReplyTo: parent, to: [PUBLIC], cc: [], published, content, ...extra };
  }

  /** Sends a Create; `spoilt` signs something else than what is sent. */
  async send(inbox, person, object, wanted, spoilt = false) {
    const body = JSON.stringify({ "@context": "https://www.w3.org/ns/activitystreams", id: `${object.id}#create`, type: "Create", actor: person.id, to: [PUBLIC], object });
    const url = new URL(inbox);
    const digest = `SHA-256=${crypto.createHash("sha256").update(body).digest("base64")}`;
    const signed = { host: url.host, date: new Date().toUTCString(), digest };
    const base = [`(request-target): post ${url.pathname}`, ...Object.entries(signed).map(([name, value]) => `${name}: ${value}`)].join("\n");
    const signature = crypto.sign("sha256", Buffer.from(spoilt ? `${base} ` : base), this.keys.privateKey).toString("base64");
    const header = `keyId="${person.publicKey.id}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signature}"`;
    const headers = { ...signed, ...ACTIVITY, signature: header };
    (await this.request(inbox, { method: "POST", headers, body })).expect(wanted);
  }
}

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
    await neighbour.send(inbox, bob, notes.accepted, 202);
    const found = blog.command("comment", "locate", notes.accepted.id, "--json");
    blog.command("comment", "approve", JSON.parse(found).comment_id);
    await neighbour.send(inbox, carol, notes.held, 202);
    await neighbour.send(inbox, bob, notes.refused, 401, true);
    await neighbour.send(inbox, bob, notes.private, 202);
    browser = await Browser.start();
  });

  after(async () => {
    await browser?.stop();
    await processes?.stopAll();
    neighbour?.server.close();
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
