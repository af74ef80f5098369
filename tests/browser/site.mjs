// The site that the browser looks at: a blog with posts of every sort, and a neighbour whose people discuss them.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Blog } from "../support/blog.mjs";
import { freePort } from "../support/loopback.mjs";
import { Neighbour, PUBLIC, png } from "../support/neighbour.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { until } from "../support/until.mjs";
import { Browser } from "./browser.mjs";
import { ARABIC, CHINESE, LONG, RICH, WORDS } from "./texts.mjs";

/** Answers below the rich post: deep ones, then wide ones. */
const DEEP = 12, WIDE = 60;
/** Short posts, so that lists have a second page. */
const SHORT = 24;

export class Site {
  /** Starts it. `env` are further settings of the blog; without `browser` only HTTP is spoken. */
  static async start(name, { env = {}, browser = true } = {}) {
    const site = new Site();
    site.folder = fs.mkdtempSync(path.join(os.tmpdir(), `antiphon-${name}-`));
    site.processes = new Processes(path.join(site.folder, "logs"));
    site.request = requester();
    const port = await freePort();
    site.blog = await Blog.start(site.processes, {
      folder: path.join(site.folder, "blog"), url: `http://localhost:${port}`, port, request: site.request, title: "Notes from the choir",
      env: {
        ANTIPHON_FEDERATION__ALLOW_HTTP: "true", ANTIPHON_FEDERATION__ALLOW_LOOPBACK: "true", ANTIPHON_LIMITS__READ: "0", ANTIPHON_LIMITS__WRITE: "0",
        ANTIPHON_SITE__DESCRIPTION: "On singing, typesetting, and the pause between two halves of a verse.", ...env,
      },
    });
    site.url = site.blog.url;
    site.neighbour = await Neighbour.start(await freePort(), site.request);
    await site.#write();
    await site.#discuss();
    await site.#settle();
    if (browser) site.browser = await Browser.start();
    return site;
  }

  async #write() {
    const figure = this.neighbour.show("/stalls.png", png(1200, 800, [150, 110, 70]));
    this.posts = {};
    for (let number = 1; number <= SHORT; number += 1)
      await this.blog.publish({ title: `Day ${number}`, content: `What we sang on day ${number}.`, tags: ["diary", ...(number % 2 ? ["Music"] : [])], language: "en" });
    const write = async (name, post) => (this.posts[name] = await this.blog.publish(post));
    await write("arabic", { title: "الجوقة والجواب", content: ARABIC, language: "ar", tags: ["موسيقى"] });
    await write("chinese", { title: "唱詩與應答", content: CHINESE, language: "zh-Hant", tags: ["音樂"] });
    await write("long", { title: "The whole history of a small book", summary: "In twelve parts.", content: LONG, language: "en", tags: ["history"], categories: ["Books/Small books"], series: "The making of a song book" });
    await write("quiet", { title: "Nothing was said", content: WORDS, language: "en", tags: ["Music"] });
    const content = RICH.replace("FIGURE", figure);
    await write("rich", { title: "Call and response", summary: "What a discussion is for.", content, language: "en", tags: ["Music", "web"], categories: ["Songs"], series: "The making of a song book" });
    await this.blog.api("POST", "/pages", { title: "Imprint", content: "Who is **responsible** here.", slug: "imprint" }, 201);
    const gone = await this.blog.publish({ title: "Not for long", content: "Gone soon.", language: "en" });
    await this.blog.api("DELETE", `/posts/${gone.id}`);
    this.posts.gone = gone;
  }

  async #discuss() {
    const face = this.neighbour.show("/face.png", png(96, 96, [90, 60, 160]));
    const names = ["bob", "carol", "dave", "eve", "frank", "grace"];
    const people = names.map((name) => this.neighbour.person(name, name === "bob" ? { icon: { type: "Image", url: face } } : {}));
    const [bob, carol] = people;
    const inbox = `${this.url}/ap/inbox`;
    let number = 0;
    const say = async (who, parent, content) => {
      const note = this.neighbour.note(who, (number += 1), parent, content ? { content } : {});
      await this.neighbour.send(inbox, who, note);
      return note.id;
    };
    this.comments = { first: await say(bob, this.posts.rich.ap_id, "<p>The first thought, with <code>code</code> and a <a href=\"https://example.org/\">link</a>.</p>") };
    let parent = this.comments.first;
    for (let depth = 1; depth <= DEEP; depth += 1) {
      parent = await say(people[depth % people.length], parent, depth === 3 ? "<p>a-very-long-word-that-does-not-want-to-break-anywhere-at-all-in-this-world</p>" : undefined);
      if (depth === 1) this.comments.answer = parent;
    }
    this.comments.deepest = parent;
    for (let count = 0; count < WIDE; count += 1) await say(people[count % people.length], this.posts.rich.ap_id);
    this.comments.arabic = await say(carol, this.posts.arabic.ap_id, "<p>شكرا على هذا المقال الجميل.</p>");
    await say(carol, this.posts.chinese.ap_id, "<p>寫得真好，謝謝。</p>");
    const react = (who, type, extra = {}) => this.neighbour.deliver(inbox, who, { id: `${who.id}/${type}/1`, type, object: this.posts.rich.ap_id, to: [PUBLIC], ...extra });
    for (const who of people) await react(who, "Like");
    await react(carol, "Announce", { published: new Date().toISOString() });
    for (const who of people) await this.neighbour.deliver(inbox, who, { id: `${who.id}/follow`, type: "Follow", object: await this.author() });
  }

  /** The writer's ActivityPub id. */
  async author() {
    this.alice ??= (await this.blog.document(this.posts.rich)).attributedTo;
    return this.alice;
  }

  /** Waits for what the neighbour sent, and lets the writer answer. */
  async #settle() {
    const find = (id, post = this.posts.rich) => until(`${id} stands below its post`, () => this.blog.findComment(post, id));
    await until("all comments are here", async () => (await this.blog.comments(this.posts.rich)).total === DEEP + WIDE + 1);
    const [first, answer, deepest] = [await find(this.comments.first), await find(this.comments.answer), await find(this.comments.deepest)];
    await find(this.comments.arabic, this.posts.arabic);
    const words = { content: "The writer answers.", parent_id: first.id };
    const own = (await this.blog.api("POST", `/posts/${this.posts.rich.id}/comments`, words, 201)).json;
    this.stored = { first, answer, deepest, own };
    await until("the picture is here", async () => /<img[^>]+\/media\//.test(await this.blog.page(this.posts.rich)));
  }

  /** Lets one more reply come from the neighbour. */
  async reply(name, content) {
    const person = this.neighbour.person(name);
    await this.neighbour.send(`${this.url}/ap/inbox`, person, this.neighbour.note(person, `more-${Date.now()}`, this.posts.rich.ap_id, { content }));
  }

  /** An answer of the site to a GET. */
  get(where, headers = { accept: "text/html" }) {
    return this.request(new URL(where, this.url).href, { headers });
  }

  /** Opens a page in the browser; all are closed with the site. */
  async visit(where, options) {
    return this.browser.visit(new URL(where, this.url).href, options);
  }

  async stop() {
    await this.browser?.stop();
    await this.processes?.stopAll();
    this.neighbour?.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
