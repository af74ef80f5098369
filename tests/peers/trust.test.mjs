// What is believed between servers: a blog in secure mode, two Fedify servers that sign differently and ask for a nonce,
// integrity proofs of either make, and an activity that a third server passes on.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../support/until.mjs";
import { World } from "./world.mjs";

const FORMS = { writer: "draft-cavage-http-signatures-12", relay: "rfc9421" };
const alice = "@alice@blog.antiphon.test";
const json = { headers: { accept: "application/activity+json" } };

describe("a blog in secure mode and Fedify", () => {
  let world, blog, post;
  const peers = {};

  before(async () => {
    world = await World.build("blog", ...Object.keys(FORMS));
    blog = await world.blog("blog", { ANTIPHON_FEDERATION__SECURE_MODE: "true" });
    for (const [name, form] of Object.entries(FORMS)) peers[name] = await world.fedify(name, form, { challenge: true });
  });
  after(() => world?.close());

  for (const [name, form] of Object.entries(FORMS)) {
    test(`a server that tries ${form} first and asks for a nonce follows the writer and is answered`, async () => {
      const { actor } = await peers[name].act("follow", { name: alice });
      await peers[name].receives("an Accept", (activity) => activity.type === "Accept" && activity.actor === actor);
      const requests = await peers[name].act("requests");
      const answered = requests.filter(({ request }) => request.startsWith("POST "));
      assert.ok(answered.some(({ status, signed }) => status === 401 && signed === "cavage"), JSON.stringify(answered));
      assert.ok(answered.some(({ status, nonce }) => status === 202 && nonce), JSON.stringify(answered));
    });
  }

  test("documents are shown to those who sign only", async () => {
    post = await blog.publish({ title: "Behind the door", content: "Said *quietly*.", language: "en" });
    assert.equal((await world.request(post.ap_id, json)).status, 401);
    for (const peer of Object.values(peers)) {
      const shown = await peer.act("lookup", { name: post.ap_id });
      assert.equal(shown.name, "Behind the door");
    }
    const page = await world.request(post.url, { headers: { accept: "text/html" } });
    assert.equal(page.status, 200);
  });

  test("an article's proof is genuine to others, and a changed one is not", async () => {
    const create = await until("the article arrives", async () => {
      const bodies = (await peers.writer.act("bodies")).map((body) => JSON.parse(body));
      return bodies.find(({ type, object }) => type === "Create" && object?.id === post.ap_id);
    });
    assert.equal(create.proof.cryptosuite, "eddsa-jcs-2022");
    assert.deepEqual(await peers.writer.act("verify", { activity: create }), { proven: true });
    const changed = { ...create, object: { ...create.object, name: "Forged" } };
    assert.deepEqual(await peers.writer.act("verify", { activity: changed }), { proven: false });
  });

  test("a reply that a third server passes on is believed by its writer's proof", async () => {
    await peers.relay.act("relay", { to: alice });
    const reply = await peers.writer.act("reply", { to: post.ap_id, via: peers.relay.handle, content: "<p>Said <b>elsewhere</b></p>" });
    const found = await until("the reply stands below the post", () => blog.findComment(post, reply.object));
    assert.match(found.content, /Said <b>elsewhere/);
    assert.match(found.author.handle, /fred@writer\.antiphon\.test/);
    const fetched = (await peers.writer.act("requests")).filter(({ request }) => request === `GET ${new URL(reply.object).pathname}`);
    assert.deepEqual(fetched, [], "nothing was left to fetch");
  });
});
