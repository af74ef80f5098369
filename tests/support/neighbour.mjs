// Another server, as far as a test needs one: people who sign as Mastodon does. It serves what is published, and nothing else.

import crypto from "node:crypto";
import http from "node:http";
import zlib from "node:zlib";

export const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";
const ACTIVITY = { "content-type": "application/activity+json" };

export class Neighbour {
  static async start(port, request) {
    const neighbour = Object.assign(new Neighbour(), { url: `http://localhost:${port}`, request, shown: new Map(), asked: [] });
    neighbour.keys = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
    neighbour.server = http.createServer((asked, response) => {
      neighbour.asked.push(asked.url);
      const place = asked.url.startsWith("/.well-known/webfinger?") ? "/.well-known/webfinger" : asked.url;
      const [kind, body] = neighbour.shown.get(place) ?? [];
      response.writeHead(body ? 200 : 404, body ? { "content-type": kind } : {});
      response.end(body ?? "");
    }).listen(port, "127.0.0.1");
    return neighbour;
  }

  /** Serves a document at its id, and returns it. */
  publish(document) {
    this.shown.set(document.id.slice(this.url.length), [ACTIVITY["content-type"], JSON.stringify(document)]);
    return document;
  }

  /** Serves a picture, and returns its address. */
  show(path, image) {
    this.shown.set(path, ["image/png", image]);
    return `${this.url}${path}`;
  }

  /** Says by WebFinger where people here follow and answer others; `template` holds `{uri}`. */
  finger(template) {
    const links = [{ rel: "http://ostatus.org/schema/1.0/subscribe", template }];
    this.shown.set("/.well-known/webfinger", ["application/jrd+json", JSON.stringify({ subject: `acct:anybody@${new URL(this.url).host}`, links })]);
  }

  person(name, extra = {}) {
    const id = `${this.url}/users/${name}`;
    const publicKeyPem = this.keys.publicKey.export({ type: "spki", format: "pem" });
    return this.publish({
      "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
      id, type: "Person", preferredUsername: name, name, inbox: `${id}/inbox`, outbox: `${id}/outbox`,
      publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem }, ...extra,
    });
  }

  note(person, number, parent, extra) {
    const published = new Date().toISOString();
    const content = `<p>The words of ${person.name}.</p>`;
    return { id: `${person.id}/notes/${number}`, type: "Note", attributedTo: person.id, inReplyTo: parent, to: [PUBLIC], cc: [], published, content, ...extra };
  }

  /** Sends a Create of an object; `spoilt` signs something else than what is sent. */
  send(inbox, person, object, wanted = 202, spoilt = false) {
    return this.deliver(inbox, person, { id: `${object.id}#create`, type: "Create", to: [PUBLIC], object }, wanted, spoilt);
  }

  /** Sends an activity. */
  async deliver(inbox, person, activity, wanted = 202, spoilt = false) {
    const body = JSON.stringify({ "@context": "https://www.w3.org/ns/activitystreams", actor: person.id, ...activity });
    const url = new URL(inbox);
    const digest = `SHA-256=${crypto.createHash("sha256").update(body).digest("base64")}`;
    const signed = { host: url.host, date: new Date().toUTCString(), digest };
    const base = [`(request-target): post ${url.pathname}`, ...Object.entries(signed).map(([name, value]) => `${name}: ${value}`)].join("\n");
    const signature = crypto.sign("sha256", Buffer.from(spoilt ? `${base} ` : base), this.keys.privateKey).toString("base64");
    const header = `keyId="${person.publicKey.id}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signature}"`;
    const headers = { ...signed, ...ACTIVITY, signature: header };
    (await this.request(inbox, { method: "POST", headers, body })).expect(wanted);
  }

  stop() {
    this.server.close();
  }
}

/** A PNG whose colour runs from one corner to the other. */
export function png(width, height, [red, green, blue]) {
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
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y += 1) {
    at += 1;
    for (let x = 0; x < width; x += 1) {
      const shade = 0.6 + 0.4 * ((x / width + y / height) / 2);
      for (const part of [red, green, blue]) rows[at++] = Math.round(part * shade);
    }
  }
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
