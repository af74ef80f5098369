// A snac2 server, used as its people do: through the Mastodon interface, with a token from its login form.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { answers } from "../support/loopback.mjs";
import { run } from "../support/processes.mjs";
import { until } from "../support/until.mjs";

const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";

// Its TLS library reads the system's roots only: it gets a mount namespace of its own where ours are among them.
const WITH_OUR_ROOTS = 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"';

export class Snac {
  static async start(processes, { host, url, port, folder, authority, request, users }) {
    const snac = Object.assign(new Snac(), { host, url, folder, request, people: {} });
    run("snac", ["init", folder], { input: `127.0.0.1\n${port}\n${host}\n\n\n` });
    const passwords = Object.fromEntries(users.map((user) => [user, addUser(folder, user)]));
    const settings = path.join(folder, "server.json");
    fs.writeFileSync(settings, JSON.stringify({
      ...JSON.parse(fs.readFileSync(settings, "utf8")), dbglevel: 1, queue_retry_minutes: 1, shared_inboxes: true,
    }));
    processes.start(host, "unshare", ["--mount", "--propagation", "private", "sh", "-c", WITH_OUR_ROOTS, authority.bundle, "snac", "httpd", folder]);
    await until(`${host} listens`, () => {
      processes.insistOn(host);
      return answers(port);
    }, { seconds: 20 });
    for (const user of users) snac.people[user] = new Person(snac, user, passwords[user], await logIn(snac, user, passwords[user]));
    return snac;
  }

  /** What the server keeps of an object, as JSON; undefined when it has none. Files are named by the MD5 of the id. */
  stored(id) {
    const name = fileName(id);
    const file = path.join(this.folder, "object", name.slice(0, 2), name);
    return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
  }

  /** Tells whether an object came to a user by delivery: one that was only looked up is in no timeline. */
  isInTimeline(user, id) {
    return fs.existsSync(path.join(this.folder, "user", user, "private", fileName(id)));
  }

  /** Tells whether one whom this user follows has said yes: snac then keeps the Accept in place of the Follow. */
  isAccepted(user) {
    const folder = path.join(this.folder, "user", user, "following");
    return fs.readdirSync(folder).some((file) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")).type === "Accept");
  }
}

const fileName = (id) => `${createHash("md5").update(id).digest("hex")}.json`;

/** Adds a user and returns the password snac made up. */
function addUser(folder, user) {
  const printed = run("snac", ["adduser", folder, user], { input: "\n" });
  const password = /^User password is (\S+)/m.exec(printed)?.[1];
  if (!password) throw new Error(`snac told no password:\n${printed}`);
  return password;
}

/** Registers an application, fills in the login form, and trades the code for a token (RFC 6749 4.1). */
async function logIn({ url, request }, user, password) {
  const application = (await request(`${url}/api/v1/apps`, {
    method: "POST", form: { client_name: "antiphon tests", redirect_uris: OUT_OF_BAND, scopes: "read write follow" },
  })).expect(200).json;
  const question = new URLSearchParams({ client_id: application.client_id, redirect_uri: OUT_OF_BAND, response_type: "code", scope: "read write follow" });
  const page = (await request(`${url}/oauth/authorize?${question}`)).expect(200).text;
  const { action, fields } = readForm(page);
  const answer = await request(new URL(action, url).href, { method: "POST", form: { ...fields, login: user, passwd: password } });
  const code = /[?&]code=([^&\s]+)/.exec(answer.headers.location ?? "")?.[1] ?? /^\s*([0-9a-f]{16,})\s*$/.exec(answer.text)?.[1];
  if (!code) throw new Error(`no code for ${user}: ${answer.status} ${answer.text.slice(0, 400)}`);
  return (await request(`${url}/oauth/token`, {
    method: "POST",
    form: {
      grant_type: "authorization_code", code, redirect_uri: OUT_OF_BAND,
      client_id: application.client_id, client_secret: application.client_secret,
    },
  })).expect(200).json.access_token;
}

/** The first form of a page: where it goes, and its filled-in fields. */
function readForm(page) {
  const attribute = (tag, name) => new RegExp(`\\b${name}=["']([^"']*)["']`).exec(tag)?.[1];
  const form = /<form[^>]*>/i.exec(page)?.[0];
  if (!form) throw new Error(`no form in ${page.slice(0, 400)}`);
  const inputs = [...page.matchAll(/<input[^>]*>/gi)].map(([tag]) => [attribute(tag, "name"), attribute(tag, "value")]);
  return { action: attribute(form, "action") ?? "", fields: Object.fromEntries(inputs.filter(([name, value]) => name && value !== undefined)) };
}

/** One who lives there. */
class Person {
  constructor(snac, name, password, token) {
    Object.assign(this, { snac, name, password, token, handle: `${name}@${snac.host}`, actor: `${snac.url}/${name}` });
  }

  async api(method, call, form, ...wanted) {
    const answer = await this.snac.request(`${this.snac.url}/api/v1${call}`, { method, form, token: this.token });
    return answer.expect(...(wanted.length ? wanted : [200])).json;
  }

  /** What a search for a handle or an address finds, fetched from its server when needed. */
  async search(query) {
    const words = new URLSearchParams({ q: query, resolve: "true" });
    return (await this.snac.request(`${this.snac.url}/api/v2/search?${words}`, { token: this.token })).expect(200).json;
  }

  /** Follows the person of this handle. */
  async follow(handle) {
    const who = await until(`${this.handle} finds ${handle}`, async () => (await this.search(handle)).accounts?.[0]);
    return this.api("POST", `/accounts/${who.id}/follow`, {});
  }

  /** Waits until an object was delivered to this person's timeline, and returns it as it came over the wire. */
  receives(id) {
    return until(`${this.handle} receives ${id}`, () => this.snac.isInTimeline(this.name, id) && this.snac.stored(id));
  }

  /** The status of this ActivityPub id, fetched when needed. */
  status(id) {
    return until(`${this.handle} finds ${id}`, async () => (await this.search(id)).statuses?.find(({ uri }) => uri === id));
  }

  post(text, { inReplyTo } = {}) {
    return this.api("POST", "/statuses", { status: text, visibility: "public", ...(inReplyTo ? { in_reply_to_id: inReplyTo } : {}) });
  }

  edit(status, text) {
    return this.api("PUT", `/statuses/${status.id}`, { status: text });
  }

  /** Deletes an own status the way its own page does; the Mastodon interface cannot. */
  async delete(status) {
    const login = Buffer.from(`${this.name}:${this.password}`).toString("base64");
    const answer = await this.snac.request(`${this.actor}/admin/action`, {
      method: "POST", headers: { authorization: `Basic ${login}` }, form: { id: status.uri, actor: this.actor, action: "Delete" },
    });
    answer.expect(200, 303);
  }

  like(status) {
    return this.api("POST", `/statuses/${status.id}/favourite`);
  }

  boost(status) {
    return this.api("POST", `/statuses/${status.id}/reblog`);
  }

  /** What stands above and below a status. */
  context(status) {
    return this.api("GET", `/statuses/${status.id}/context`);
  }

  notifications() {
    return this.api("GET", "/notifications");
  }
}
