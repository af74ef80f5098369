// What machines read in a page's source: JSON-LD (schema.org), OpenGraph with its preview image, links to feeds, oEmbed, the manifest.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Site } from "./site.mjs";

describe("what machines read", () => {
  let site, found;

  before(async () => {
    site = await Site.start("machines");
    const { page } = await site.visit(site.posts.rich.url, { javaScript: false });
    found = await read(page);
  });
  after(() => site?.stop());

  /** Everything in the head that is for machines. */
  async function read(page) {
    const meta = await page.locator("meta[property], meta[name]").evaluateAll((all) => all.map((one) => [one.getAttribute("property") ?? one.name, one.content]));
    const links = await page.locator("head link[rel]").evaluateAll((all) => all.map((one) => ({ rel: one.rel, type: one.type, href: one.href, title: one.title })));
    const data = await page.locator('script[type="application/ld+json"]').evaluateAll((all) => all.map((one) => one.textContent));
    return { meta: Object.fromEntries(meta), links, data: data.map((text) => JSON.parse(text)) };
  }

  /** The things of one type in the JSON-LD, however they are wrapped. */
  function things(type) {
    const flat = (one) => (Array.isArray(one) ? one.flatMap(flat) : one?.["@graph"] ? flat(one["@graph"]) : [one]);
    return found.data.flatMap(flat).filter((one) => [one["@type"]].flat().includes(type));
  }

  test("the post is a BlogPosting with its author, its times and its address", () => {
    const [posting] = things("BlogPosting");
    assert.ok(posting, JSON.stringify(found.data));
    const context = found.data.flat().map((one) => one["@context"]).flat();
    assert.ok(context.some((one) => /^https?:\/\/schema\.org\/?$/.test(one)));
    assert.equal(posting.headline, "Call and response");
    assert.equal(posting.inLanguage, "en");
    assert.equal([posting.url, posting.mainEntityOfPage?.["@id"], posting.mainEntityOfPage].find((one) => typeof one === "string"), site.posts.rich.url);
    assert.ok(!Number.isNaN(Date.parse(posting.datePublished)));
    const [author] = [posting.author].flat();
    assert.equal(author["@type"], "Person");
    assert.ok(author.name && author.url.startsWith(site.url));
    assert.ok([posting.keywords].flat().join(",").includes("web"));
    assert.ok([posting.image].flat()[0], "it has a picture");
  });

  test("its comments are a tree of Comments, bounded, and counted in full", () => {
    const [posting] = things("BlogPosting");
    assert.equal(posting.commentCount, 74);
    const comments = [posting.comment].flat();
    assert.ok(comments.length > 0);
    const all = (list) => list.flatMap((one) => [one, ...all([one.comment ?? []].flat())]);
    for (const comment of all(comments)) {
      assert.equal(comment["@type"], "Comment");
      assert.ok(comment.text && comment.author?.name && comment.dateCreated, JSON.stringify(comment));
      assert.ok(!/<[a-z]/.test(comment.text), "plain text");
    }
    assert.ok(comments.some((one) => one.comment), "answers stand below what they answer");
    assert.ok(all(comments).length < 500 && JSON.stringify(found.data).length < 200_000, "bounded");
  });

  test("OpenGraph tells what, whose, which language, and shows a picture of the right size", async () => {
    const { meta } = found;
    assert.equal(meta["og:type"], "article");
    assert.equal(meta["og:title"], "Call and response");
    assert.equal(meta["og:description"], "What a discussion is for.");
    assert.equal(meta["og:url"], site.posts.rich.url);
    assert.equal(meta["og:site_name"], "Notes from the choir");
    // It wants a country, which "en" does not name.
    assert.equal(meta["og:locale"], undefined);
    assert.ok(!Number.isNaN(Date.parse(meta["article:published_time"])));
    assert.match(meta["fediverse:creator"], /^@?alice@/);
    assert.ok(meta["og:image"].startsWith(`${site.url}/`), "ours, absolute");
    assert.ok(meta["og:image:alt"]);
    assert.equal(meta["twitter:card"], "summary_large_image");
  });

  test("a post without a picture has a drawn preview, a PNG of 1200 by 630", async () => {
    const { page, close } = await site.visit(site.posts.quiet.url, { javaScript: false });
    const { meta } = await read(page);
    const image = await fetch(meta["og:image"]);
    assert.equal(image.status, 200);
    assert.equal(image.headers.get("content-type"), "image/png");
    const bytes = Buffer.from(await image.arrayBuffer());
    assert.equal(bytes.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 630]);
    assert.deepEqual([meta["og:image:width"], meta["og:image:height"]], ["1200", "630"]);
    assert.ok(bytes.length < 300_000, `${bytes.length} bytes`);
    await close();
  });

  test("feeds of the site and of the discussion are named in all three forms, oEmbed and the manifest too", async () => {
    const of = (type) => found.links.filter((one) => one.type === type);
    for (const type of ["application/atom+xml", "application/rss+xml", "application/feed+json"]) {
      assert.ok(of(type).length >= 2, `${type}: ${JSON.stringify(found.links)}`);
      for (const { href, title } of of(type)) {
        assert.ok(href.startsWith(`${site.url}/`) && title);
        assert.equal((await site.get(href)).status, 200, href);
      }
    }
    const [oembed] = of("application/json+oembed");
    const told = (await site.get(oembed.href)).expect(200).json;
    assert.equal(told.version, "1.0");
    assert.equal(told.title, "Call and response");
    const manifest = found.links.find(({ rel }) => rel === "manifest");
    const said = (await site.get(manifest.href)).expect(200).json;
    assert.ok(said.name && said.icons.length > 0);
    const canonical = found.links.filter(({ rel }) => rel === "canonical");
    assert.deepEqual(canonical.map(({ href }) => href), [site.posts.rich.url]);
  });

  test("robots.txt, the sitemap and security.txt are there and lead on", async () => {
    const robots = (await site.get("/robots.txt")).expect(200).text;
    const sitemap = /^Sitemap: (\S+)$/m.exec(robots)?.[1];
    assert.ok(sitemap?.startsWith(`${site.url}/`), robots);
    const index = (await site.get(sitemap)).expect(200).text;
    assert.match(index, /<sitemapindex/);
    const parts = [...index.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => address);
    const all = [];
    for (const part of parts) all.push((await site.get(part)).expect(200).text);
    assert.ok(all.join("").includes(`<loc>${site.posts.rich.url}</loc>`));
    assert.ok(!all.join("").includes(site.posts.gone.url));
  });
});
