// Whole threads: a discussion of several servers in which somebody drops the writer's name, and a long one that is read
// back from the blog. What snac tells of its notes stands here as it was found: see "what snac tells".

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../support/until.mjs";
import { World } from "./world.mjs";

const alice = "@alice@blog.antiphon.test";
// Collections are read a minute after a reply at the earliest.
const PATIENCE = { seconds: 240, every: 1000 };

describe("a thread of three servers", () => {
  let world, blog, snac, bob, fred, carol, post;
  const notes = {};
  const path = async (id) => (await until(`${id} stands below the post`, () => blog.findComment(post, id))).path;
  const row = async (id) => (await blog.findComment(post, id)).id;

  before(async () => {
    world = await World.build("blog", "snac", "fedify", "third");
    blog = await world.blog("blog");
    snac = await world.snac("snac", "bob");
    bob = snac.people.bob;
    fred = await world.fedify("fedify", "draft-cavage-http-signatures-12");
    // snac takes an RFC 9421 signature with a 202 and drops it afterwards: nobody knocks a second time.
    carol = await world.fedify("third", "draft-cavage-http-signatures-12", { user: "carol" });
    post = await blog.publish({ title: "Four deep", content: "Who answers whom?", language: "en" });
  });
  after(() => world?.close());

  // What Fedify calls public by the short name `as:Public` is private to snac, and so would be its answer: bob answers the writer.
  test("people of two servers and the writer answer each other five deep", async () => {
    notes.first = (await bob.post(`${alice} one`, { inReplyTo: (await bob.status(post.ap_id)).id })).uri;
    assert.deepEqual(await path(notes.first), []);
    notes.second = (await fred.act("reply", { to: notes.first, also: alice, content: "<p>two</p>" })).object;
    assert.deepEqual(await path(notes.second), [await row(notes.first)]);
    const words = { content: "three", parent_id: await row(notes.second) };
    notes.third = (await blog.api("POST", `/posts/${post.id}/comments`, words, 201)).json.ap_id;
    notes.fourth = (await bob.post(`${alice} four`, { inReplyTo: (await bob.status(notes.third)).id })).uri;
    assert.equal((await path(notes.fourth)).length, 3);
    notes.fifth = (await fred.act("reply", { to: notes.fourth, also: alice, content: "<p>five</p>" })).object;
    assert.equal((await path(notes.fifth)).length, 4);
  });

  test("what a third party answers to Fedify's note without the writer's name is found by the note's replies", async () => {
    const told = await carol.act("reply", { to: notes.fifth, content: "<p>six, to fred alone</p>" });
    await fred.receives("carol's answer", ({ objectId }) => objectId === told.object);
    const { ids } = await carol.act("collection", { of: notes.fifth, which: "replies" });
    assert.deepEqual(ids, [told.object], "fred's server names it");
    const found = await until("the blog finds it", () => blog.findComment(post, told.object), PATIENCE);
    assert.equal(found.path.at(-1), await row(notes.fifth));
    assert.match(found.author.handle, /carol@third\.antiphon\.test/);
  });

  test("what snac tells: its notes name no replies and our context, so that an answer told to it alone is named by nobody", async () => {
    const note = (await world.request(notes.fourth, { headers: { accept: "application/activity+json" } })).expect(200).json;
    assert.equal(note.replies, undefined);
    assert.equal(note.context, `${post.ap_id}/context`);
    assert.equal(note.inReplyTo, notes.third);
    assert.ok(note.tag.some(({ type, href }) => type === "Mention" && href.startsWith("https://blog.antiphon.test/")));
    const told = await carol.act("reply", { to: notes.fourth, content: "<p>to bob alone</p>" });
    await until("bob's server has it", () => snac.stored(told.object));
    assert.equal(await blog.findComment(post, told.object), undefined);
  });

  test("our answer names those above it, so that answers to it come home", async () => {
    const note = (await world.request(notes.third, { headers: { accept: "application/activity+json" } })).expect(200).json;
    const named = note.tag.filter(({ type }) => type === "Mention").map(({ href }) => href);
    assert.deepEqual(named.sort(), [bob.actor, `${fred.url}/people/fred`].sort());
    for (const person of named) assert.ok(note.cc.includes(person));
    const bare = await bob.post("no name in it", { inReplyTo: (await bob.status(notes.third)).id });
    assert.equal((await path(bare.uri)).length, 3, "snac tells the author of what is answered, named or not");
  });
});

describe("a thread of a thousand replies", () => {
  const COUNT = 1000, REMOTE = 40;
  let world, blog, fred, post;
  const ids = [];

  before(async () => {
    world = await World.build("blog", "fedify");
    blog = await world.blog("blog", { ANTIPHON_LIMITS__WRITE: "0", ANTIPHON_LIMITS__READ: "0" });
    fred = await world.fedify("fedify", "draft-cavage-http-signatures-12");
    post = await blog.publish({ title: "A thousand", content: "Say something.", language: "en" });
    for (let number = 0; number < REMOTE; number += 1)
      ids.push((await fred.act("reply", { to: post.ap_id, content: `<p>${number}</p>` })).object);
    await until("all of Fedify's stand below the post", async () => (await blog.comments(post)).total === REMOTE);
    const write = async () => {
      while (ids.length < COUNT) {
        const place = ids.push(undefined) - 1;
        ids[place] = (await blog.api("POST", `/posts/${post.id}/comments`, { content: `${place}` }, 201)).json.ap_id;
      }
    };
    await Promise.all(Array.from({ length: 8 }, write));
  });
  after(() => world?.close());

  for (const which of ["replies", "context"]) {
    test(`its ${which} is read back whole`, async () => {
      const whole = await fred.act("collection", { of: post.ap_id, which });
      const named = which === "context" ? [post.ap_id, ...ids] : ids;
      assert.equal(whole.total, named.length);
      assert.equal(whole.ids.length, named.length, "each once");
      assert.deepEqual([...whole.ids].sort(), [...named].sort());
      if (which === "context") {
        assert.equal(whole.type, "OrderedCollection");
        assert.equal(whole.ids[0], post.ap_id, "the post comes first");
        assert.match(whole.by, /^https:\/\/blog\.antiphon\.test\//);
      }
    });
  }

  test("an answer of the writer leads to the same discussion", async () => {
    const whole = await fred.act("collection", { of: ids.at(-1), which: "context" });
    assert.equal(whole.total, COUNT + 1);
    const below = await fred.act("collection", { of: ids.at(-1), which: "replies" });
    assert.equal(below.total, 0);
  });
});
