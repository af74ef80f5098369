// A strict server of another make follows the blog, answers, likes and boosts; once with each of the two forms of HTTP
// signatures as the first it tries.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../support/until.mjs";
import { World } from "./world.mjs";

const FORMS = { cavage: "draft-cavage-http-signatures-12", rfc9421: "rfc9421" };
const alice = "@alice@blog.antiphon.test";

describe("a blog and Fedify", () => {
  let world, blog;

  before(async () => {
    world = await World.build("blog", ...Object.keys(FORMS));
    blog = await world.blog("blog");
  });
  after(() => world?.close());

  for (const [form, firstKnock] of Object.entries(FORMS)) {
    describe(`that tries ${firstKnock} first`, () => {
      let peer, post, reply, own;
      const comment = (object) => until(`${object} stands below the post`, () => blog.findComment(post, object));

      before(async () => {
        peer = await world.fedify(form, firstKnock);
      });

      test("it finds the writer by her handle and its follow is accepted", async () => {
        const { actor } = await peer.act("follow", { name: alice });
        await peer.receives("an Accept", (activity) => activity.type === "Accept" && activity.actor === actor);
      });

      test("it receives a new article with its title and text", async () => {
        post = await blog.publish({ title: `For ${form}`, content: "An *opening* line.\n\n- one\n- two\n", tags: ["antiphon"], language: "en" });
        const { object } = await peer.receives("the article", ({ type, objectId }) => type === "Create" && objectId === post.ap_id);
        assert.equal(object.type, "Article");
        assert.equal(object.name, `For ${form}`);
        assert.match(object.content, /An <em>opening<\/em> line/);
        assert.equal(object.url, post.url);
      });

      test("the blog tells that the article was delivered", async () => {
        await until("a delivery is done", async () => {
          const deliveries = (await blog.api("GET", `/deliveries?post=${post.id}`)).json;
          return deliveries.delivered >= 1 && deliveries.waiting + deliveries.retrying + deliveries.dead === 0;
        });
      });

      test("its reply stands below the post and on the page", async () => {
        reply = await peer.act("reply", { to: post.ap_id, content: `<p>A <strong>first</strong> thought from ${form}</p>` });
        const found = await comment(reply.object);
        assert.deepEqual(found.path, []);
        assert.equal(found.parent_id ?? null, null);
        assert.match(found.content, /<strong>first<\/strong> thought/);
        assert.match(found.author.handle, new RegExp(`fred@${form}\\.antiphon\\.test`));
        await until("the page shows the reply", async () => (await blog.page(post)).includes(`thought from ${form}`));
      });

      test("the blog can tell what became of that reply", async () => {
        const { comment_id } = (await blog.api("GET", `/replies/locate?url=${encodeURIComponent(reply.object)}`)).json;
        assert.equal(comment_id, (await comment(reply.object)).id);
      });

      test("the writer's own reply arrives, as an answer to its note", async () => {
        const parent = await comment(reply.object);
        own = (await blog.api("POST", `/posts/${post.id}/comments`, { content: "Thank **you**.", parent_id: parent.id }, 201)).json;
        const { object } = await peer.receives("the answer", ({ type, objectId }) => type === "Create" && objectId === own.ap_id);
        assert.equal(object.inReplyTo, reply.object);
        assert.match(object.content, /Thank <strong>you<\/strong>/);
      });

      test("replies to replies are nested where they belong", async () => {
        const first = await comment(reply.object);
        const below = await peer.act("reply", { to: own.ap_id, content: "<p>You are welcome</p>" });
        assert.deepEqual((await comment(below.object)).path, [first.id, (await comment(own.ap_id)).id]);
        const beside = await peer.act("reply", { to: reply.object, mention: alice, content: "<p>And another thing</p>" });
        assert.deepEqual((await comment(beside.object)).path, [first.id]);
      });

      test("an edit of its reply comes through", async () => {
        await peer.act("edit", { id: reply.object, to: alice, content: `<p>A second thought from ${form}</p>` });
        const edited = await until("the comment is changed", async () => {
          const found = await blog.findComment(post, reply.object);
          return found?.content.includes("second thought") && found;
        });
        assert.ok(edited.updated_at >= edited.published_at, "it is told when it was edited");
      });

      test("its like and its boost are counted on the page, and a like taken back is not", async () => {
        const like = await peer.act("like", { object: post.ap_id });
        await peer.act("announce", { object: post.ap_id });
        await until("one like and one boost on the page", async () => {
          const page = await blog.page(post);
          return /\b(1|one) like\b/i.test(page) && /\b(1|one) boost\b/i.test(page);
        });
        await peer.act("undo", { id: like.id, to: alice });
        await until("no like on the page", async () => !/\b(1|one) like\b/i.test(await blog.page(post)));
        assert.match(await blog.page(post), /\b(1|one) boost\b/i);
      });

      test("an edited article arrives as an Update", async () => {
        await blog.api("PATCH", `/posts/${post.id}`, { content: "A *changed* line." }, 200);
        const { object } = await peer.receives("the update", ({ type, objectId }) => type === "Update" && objectId === post.ap_id);
        assert.match(object.content, /<em>changed<\/em>/);
        assert.equal(object.name, `For ${form}`);
      });

      test("its deleted reply leaves the page", async () => {
        await peer.act("delete", { id: reply.object, to: alice });
        await until("the text is gone", async () => {
          const [page, all] = [await blog.page(post), await blog.allComments(post)];
          return !page.includes("second thought") && !all.some(({ content }) => content?.includes("second thought"));
        });
        assert.ok(await blog.findComment(post, own.ap_id), "what others answered stays");
      });

      test("a deleted article arrives as a Delete, and is gone", async () => {
        await blog.api("DELETE", `/posts/${post.id}`, undefined, 200, 204);
        await peer.receives("the deletion", ({ type, objectId }) => type === "Delete" && objectId === post.ap_id);
        const answer = await world.request(post.ap_id, { headers: { accept: "application/activity+json" } });
        assert.equal(answer.status, 410);
      });
    });
  }
});
