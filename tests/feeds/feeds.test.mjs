// Feeds and microformats as others' programs read them: feedparser without a complaint, mf2py with the post and its discussion.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Site } from "../browser/site.mjs";
import { run } from "../support/processes.mjs";
import { FEEDS, FORMS } from "./kinds.mjs";

const READER = path.join(path.dirname(fileURLToPath(import.meta.url)), "read.py");
const PYTHON = process.env.ANTIPHON_TEST_PYTHON ?? "python3";

describe("feeds and microformats", () => {
  let site;
  const answers = new Map(), read = new Map();

  before(async () => {
    site = await Site.start("feeds", { browser: false });
    const wanted = [];
    const keep = async (name, kind, where) => {
      const answer = await site.get(where, { accept: "*/*" });
      answers.set(name, answer);
      if (answer.status !== 200 || kind === "json") return;
      const file = path.join(site.folder, `answer-${wanted.length}`);
      fs.writeFileSync(file, answer.text);
      wanted.push({ name, kind, file, url: answer.url, type: answer.headers["content-type"] });
    };
    for (const [name, base] of FEEDS)
      for (const [ending] of FORMS) await keep(`${name}${ending}`, ending === ".json" ? "json" : "feed", `${base(site)}${ending}`);
    for (const [name, where] of [["home", "/"], ["post", site.posts.rich.url], ["author", "/@alice"]]) await keep(name, "page", where);
    const found = JSON.parse(run(PYTHON, [READER], { input: JSON.stringify(wanted) }));
    wanted.forEach(({ name }, place) => read.set(name, found[place]));
  });
  after(() => site?.stop());

  for (const [name, , contents] of FEEDS) {
    for (const [ending, version, type] of FORMS) {
      test(`${name}, ${ending.slice(1)}: well-formed, whole, conditional`, async () => {
        const answer = answers.get(`${name}${ending}`);
        assert.equal(answer.status, 200, answer.url);
        assert.ok(answer.headers["content-type"].startsWith(type), answer.headers["content-type"]);
        const feed = ending === ".json" ? jsonFeed(answer) : read.get(`${name}${ending}`);
        if (version) assert.deepEqual([feed.bozo, feed.version], [false, version], feed.problem);
        assert.ok(feed.title);
        assert.ok(feed.links.some(({ rel, href }) => rel === "self" && href === answer.url), `rel=self: ${JSON.stringify(feed.links)}`);
        assert.ok(feed.entries.length > 0);
        assert.equal(new Set(feed.entries.map(({ id }) => id)).size, feed.entries.length, "each entry once");
        for (const entry of feed.entries) assert.ok(entry.id && entry.link.startsWith("http") && entry.dated && entry.text, JSON.stringify(entry).slice(0, 300));
        const all = feed.entries.map(({ title, text }) => `${title} ${text}`).join(" ");
        for (const wanted of contents) assert.ok(all.includes(wanted), `${wanted} is missing`);
        const again = await site.get(answer.url, { accept: "*/*", "if-none-match": answer.headers.etag });
        assert.equal(again.status, 304);
      });
    }
  }

  test("a feed of posts carries the whole text and leads to older pages (RFC 5005)", () => {
    const feed = read.get("site.atom");
    const rich = feed.entries.find(({ title }) => title === "Call and response");
    for (const part of ["<pre", "<table", "one higher than you think"]) assert.ok(rich.text.includes(part), part);
    assert.match(rich.author, /alice/i);
    assert.ok(feed.links.some(({ rel }) => ["next", "prev-archive"].includes(rel)), JSON.stringify(feed.links));
  });

  test("the post is an h-entry with its writer's h-card and its discussion as h-cites", () => {
    const entry = read.get("post").items.find(({ type }) => type.includes("h-entry"));
    assert.ok(entry);
    const { properties } = entry;
    assert.deepEqual(properties.name, ["Call and response"]);
    assert.ok(properties.url.includes(site.posts.rich.url));
    assert.ok(properties.published && properties.content[0].html.includes("<pre"));
    assert.deepEqual(properties.author[0].type, ["h-card"]);
    assert.deepEqual(properties.category, ["Music", "web"]);
    const all = (items) => items.flatMap((one) => (one?.type ? [one, ...all(one.children ?? []), ...Object.values(one.properties).flatMap(all)] : []));
    // Likes and boosts are h-cites, too, and say nothing.
    const cites = all([entry]).filter(({ type, properties }) => type.includes("h-cite") && properties.content);
    assert.ok(cites.length > 10, `${cites.length} h-cites`);
    for (const cite of cites) assert.ok(cite.properties.author && cite.properties.url && cite.properties.published, JSON.stringify(cite).slice(0, 400));
  });

  test("a list is h-entries, a writer's page an h-card", () => {
    const flat = (items) => items.flatMap((one) => [one, ...flat(one.children ?? [])]);
    const entries = flat(read.get("home").items).filter(({ type }) => type.includes("h-entry"));
    assert.ok(entries.length >= 20);
    for (const { properties } of entries) assert.ok(properties.name && properties.url && properties.published);
    const card = flat(read.get("author").items).find(({ type }) => type.includes("h-card"));
    assert.ok(card.properties.name && card.properties.url.some((url) => url === `${site.url}/@alice`));
  });

  /** A JSON Feed 1.1 in the shape that the other feeds are read into. */
  function jsonFeed(answer) {
    const feed = answer.json;
    assert.equal(feed.version, "https://jsonfeed.org/version/1.1");
    assert.ok(feed.home_page_url && Array.isArray(feed.items));
    const entries = feed.items.map((item) => ({
      id: item.id, title: item.title ?? "", link: item.url, dated: !Number.isNaN(Date.parse(item.date_published)), text: item.content_html ?? item.content_text,
      author: item.authors?.[0]?.name ?? "",
    }));
    return { title: feed.title, links: [{ rel: "self", href: feed.feed_url }], entries };
  }
});
