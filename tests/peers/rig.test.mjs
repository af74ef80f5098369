// The rig itself: the two peers federate with each other. When these fail, the fault is not in the node.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../support/until.mjs";
import { World } from "./world.mjs";

describe("the peers among themselves", () => {
  let world, fedify, bob;

  before(async () => {
    world = await World.build("snac", "fedify");
    fedify = await world.fedify("fedify", "draft-cavage-http-signatures-12");
    const snac = await world.snac("snac", "bob");
    bob = snac.people.bob;
  });
  after(() => world?.close());

  test("each follows the other and hears that it may", async () => {
    await fedify.act("follow", { name: bob.handle });
    await fedify.receives("an Accept", ({ type, actor }) => type === "Accept" && actor === bob.actor);
    await bob.follow(fedify.handle);
    await fedify.receives("a Follow", ({ type, actor }) => type === "Follow" && actor === bob.actor);
  });

  test("an article, its answer, a like and an edit go both ways", async () => {
    const article = await fedify.act("article", { title: "From afar", content: "<p>An article of some length.</p>" });
    assert.equal((await bob.receives(article.object)).name, "From afar");
    const seen = await bob.status(article.object);
    const answer = await bob.post(`@${fedify.handle} a fine article`, { inReplyTo: seen.id });
    const note = await fedify.receives("the answer", ({ type, object }) => type === "Create" && object?.inReplyTo === article.object);
    assert.match(note.object.content, /a fine article/);
    await bob.like(seen);
    await fedify.receives("the like", ({ type, objectId }) => type === "Like" && objectId === article.object);
    await bob.edit(answer, `@${fedify.handle} a very fine article`);
    await fedify.receives("the edit", ({ type, object }) => type === "Update" && object?.content?.includes("very fine"));
    const reply = await fedify.act("reply", { to: note.object.id, content: "<p>Thank you, Bob.</p>" });
    await until("bob is told of the reply", async () => (await bob.notifications()).some(({ status }) => status?.uri === reply.object));
    await bob.delete(answer);
    await fedify.receives("the deletion", ({ type, objectId }) => type === "Delete" && objectId === note.object.id);
  });
});
