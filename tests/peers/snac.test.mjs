// A small server in everyday use, driven as its people's apps do: through the Mastodon interface. That a reply was deleted
// snac tells its author's followers only, not those whom it answered; Fedify's suite tests how the blog takes that.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../support/until.mjs";
import { World } from "./world.mjs";

const alice = "alice@blog.antiphon.test";

describe("a blog and snac", () => {
  let world, blog, snac, bob, post, reply, own;
  const comment = (id) => until(`${id} stands below the post`, () => blog.findComment(post, id));

  before(async () => {
    world = await World.build("blog", "snac");
    blog = await world.blog("blog");
    snac = await world.snac("snac", "bob");
    bob = snac.people.bob;
  });
  after(() => world?.close());

  test("bob finds the writer by her handle and his follow is accepted", async () => {
    await bob.follow(alice);
    await until("the follow is confirmed", () => snac.isAccepted("bob"));
  });

  test("bob receives a new article with its title and text", async () => {
    post = await blog.publish({ title: "For snac", content: "An *opening* line.", language: "en" });
    const seen = await bob.receives(post.ap_id);
    assert.equal(seen.type, "Article");
    assert.equal(seen.name, "For snac");
    assert.match(seen.content, /<em>opening<\/em>/);
  });

  test("bob's reply stands below the post and on the page", async () => {
    const { id } = await bob.status(post.ap_id);
    reply = await bob.post(`@${alice} a thought from bob`, { inReplyTo: id });
    const found = await comment(reply.uri);
    assert.deepEqual(found.path, []);
    assert.match(found.content, /a thought from bob/);
    assert.match(found.author.handle, /bob@snac\.antiphon\.test/);
    await until("the page shows the reply", async () => (await blog.page(post)).includes("a thought from bob"));
  });

  test("the writer's own reply reaches bob, as an answer to his", async () => {
    const parent = await comment(reply.uri);
    own = (await blog.api("POST", `/posts/${post.id}/comments`, { content: "Thank **you**, bob.", parent_id: parent.id }, 201)).json;
    const seen = await bob.receives(own.ap_id);
    assert.equal(seen.inReplyTo, reply.uri);
    await until("bob is told of it", async () => (await bob.notifications()).some(({ status }) => status?.uri === own.ap_id));
  });

  test("bob's replies to replies are nested where they belong", async () => {
    const first = await comment(reply.uri);
    const below = await bob.post(`@${alice} you are welcome`, { inReplyTo: (await bob.status(own.ap_id)).id });
    assert.deepEqual((await comment(below.uri)).path, [first.id, (await comment(own.ap_id)).id]);
    const beside = await bob.post(`@${alice} and another thing`, { inReplyTo: reply.id });
    assert.deepEqual((await comment(beside.uri)).path, [first.id]);
  });

  test("bob's like and boost are counted on the page", async () => {
    const status = await bob.status(post.ap_id);
    await bob.like(status);
    await bob.boost(status);
    await until("one like and one boost on the page", async () => {
      const page = await blog.page(post);
      return /\b(1|one) like\b/i.test(page) && /\b(1|one) boost\b/i.test(page);
    });
  });

  test("bob's edit comes through", async () => {
    await bob.edit(reply, `@${alice} a better thought from bob`);
    await until("the comment is changed", async () => (await blog.findComment(post, reply.uri))?.content.includes("a better thought"));
  });

  test("an edited article reaches bob", async () => {
    await blog.api("PATCH", `/posts/${post.id}`, { content: "A *changed* line." }, 200);
    await until("bob's copy is changed", () => snac.stored(post.ap_id)?.content?.includes("<em>changed</em>"));
  });

  test("a deleted article disappears from bob's timeline", async () => {
    await blog.api("DELETE", `/posts/${post.id}`, undefined, 200, 204);
    await until("bob's copy is gone", () => !snac.isInTimeline("bob", post.ap_id) || snac.stored(post.ap_id)?.type === "Tombstone");
  });
});
