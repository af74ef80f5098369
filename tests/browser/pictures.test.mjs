// A reply from elsewhere with a picture and an emoji, in a real browser: both are seen, and nobody but the blog is asked.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import zlib from "node:zlib";
import { Blog } from "../support/blog.mjs";
import { freePort } from "../support/loopback.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { until } from "../support/until.mjs";
import { Browser, picture, violations } from "./browser.mjs";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/** A PNG of one colour. */
function png(width, height, [red, green, blue]) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(zlib.crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([red, green, blue]))]);
  const pixels = zlib.deflateSync(Buffer.concat(Array(height).fill(row)));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

/** A server with one person, who signs as Mastodon does. */
class Stranger {
  static async start(port) {
    const stranger = Object.assign(new Stranger(), { url: `http://localhost:${port}`, asked: [] });
    stranger.id = `${stranger.url}/users/eve`;
    stranger.keys = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
    stranger.server = http.createServer((request, response) => stranger.answer(request, response)).listen(port, "127.0.0.1");
    return stranger;
  }

  answer(request, response) {
    this.asked.push(`${request.method} ${request.url} ${request.headers["user-agent"]}`);
    if (request.url === "/users/eve") {
      response.writeHead(200, { "content-type": "application/activity+json" });
      return response.end(JSON.stringify(this.document()));
    }
    if (request.url.endsWith(".png")) {
      response.writeHead(200, { "content-type": "image/png" });
      return response.end(request.url === "/emoji.png" ? png(64, 64, [200, 120, 0]) : png(640, 360, [40, 90, 140]));
    }
    response.writeHead(404);
    return response.end();
  }

  emoji() {
    return [{ type: "Emoji", id: null, name: ":lute:", icon: { type: "Image", mediaType: "image/png", url: `${this.url}/emoji.png` } }];
  }

  document() {
    return {
      "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
      id: this.id, type: "Person", preferredUsername: "eve", name: "Eve :lute:", inbox: `${this.id}/inbox`, outbox: `${this.id}/outbox`,
      icon: { type: "Image", url: `${this.url}/face.png` }, tag: this.emoji(),
      publicKey: { id: `${this.id}#main-key`, owner: this.id, publicKeyPem: this.keys.publicKey.export({ type: "spki", format: "pem" }) },
    };
  }

  note(number, parent, extra) {
    return {
      id: `${this.id}/notes/${number}`, type: "Note", attributedTo: this.id, inReplyTo: parent, to: [PUBLIC], cc: [], published: new Date().toISOString(),
      content: `<p>Look at this :lute: <img src="${this.url}/tracker.png"><a href="${this.url}/x">https://bank.example/login</a></p>`, tag: this.emoji(), ...extra,
    };
  }

  async send(inbox, request, object) {
    const body = JSON.stringify({ "@context": "https://www.w3.org/ns/activitystreams", id: `${object.id}#create`, type: "Create", actor: this.id, to: [PUBLIC], object });
    const url = new URL(inbox);
    const signed = { host: url.host, date: new Date().toUTCString(), digest: `SHA-256=${crypto.createHash("sha256").update(body).digest("base64")}` };
    const base = [`(request-target): post ${url.pathname}`, ...Object.entries(signed).map(([name, value]) => `${name}: ${value}`)].join("\n");
    const signature = crypto.sign("sha256", Buffer.from(base), this.keys.privateKey).toString("base64");
    const header = `keyId="${this.id}#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signature}"`;
    const headers = { ...signed, signature: header, "content-type": "application/activity+json" };
    (await request(inbox, { method: "POST", headers, body })).expect(202);
  }
}

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
    stranger = await Stranger.start(await freePort());
    post = await blog.publish({ title: "Lutes", content: `Mine: ![A lute](${stranger.url}/mine.png)`, language: "en" });
    const image = (name, alt, sensitive) => ({ type: "Document", mediaType: "image/png", url: `${stranger.url}/${name}.png`, name: alt, sensitive });
    const inbox = `${blog.url}/ap/inbox`;
    await stranger.send(inbox, request, stranger.note(1, post.ap_id, { attachment: [image("shown", "A blue field"), image("other", "Another")] }));
    await stranger.send(inbox, request, stranger.note(2, post.ap_id, { attachment: [image("folded", "Behind a fold", true)], sensitive: true }));
    await until("the pictures are here", async () => {
      const html = await blog.page(post);
      return (html.match(/<img class="u-photo" src="\/media\//g) ?? []).length === 3 && html.includes('class="emoji"') && !html.includes("[A lute]");
    });
    browser = await Browser.start();
  });

  after(async () => {
    await browser?.stop();
    await processes?.stopAll();
    stranger?.server.close();
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
    assert.ok(stranger.asked.every((one) => one.includes("antiphon/") || one.startsWith("POST ")), JSON.stringify(stranger.asked));
  });

  test("what a reply hid behind a fold is folded", async () => {
    const { page, close } = await browser.visit(post.url);
    assert.equal(await page.locator(".pictures details:not([open])").count(), 1);
    assert.equal(await page.locator(".pictures details img").isVisible(), false);
    await close();
  });
});
