// The examples of docs/deploy.md, tried: a node behind Debian's nginx and Caddy with the very configuration that the page shows.
// Only names, ports and files are put in their places.

import assert from "node:assert/strict";
import fs from "node:fs";
import http2 from "node:http2";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Blog } from "../support/blog.mjs";
import { Processes, run } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { until } from "../support/until.mjs";

const page = fs.readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-deploy-"));
const processes = new Processes(folder);
const [http, https, caddyHttps, node] = await Promise.all(Array.from({ length: 4 }, freePort));
const files = { key: path.join(folder, "key.pem"), certificate: path.join(folder, "certificate.pem") };
let blog, post, request;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The example of the page in a language, as it stands there. */
function example(language) {
  const found = page.match(new RegExp("```" + language + "\n([\\s\\S]*?)```"));
  assert.ok(found, `docs/deploy.md has an example in ${language}`);
  return found[1];
}

/** Replaces each text; fails when the example does not have it. */
function placed(text, replacements) {
  for (const [from, to] of replacements) {
    assert.ok(text.includes(from), `the example has ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

before(async () => {
  run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
    "-keyout", files.key, "-out", files.certificate]);
  request = requester(fs.readFileSync(files.certificate));
  // Its public name is the one behind nginx, with the port: signatures and addresses are made for that.
  const env = { ANTIPHON_SERVER__TRUSTED_PROXIES: '["127.0.0.1"]', ANTIPHON_LIMITS__SEARCH: "3" };
  blog = await Blog.start(processes, { folder: path.join(folder, "data"), url: `https://localhost:${https}`, port: node, request, env });
  post = await blog.publish({ title: "Behind a proxy", content: "A text with some *words*.\n\n" + "More of it. ".repeat(400) });

  const nginx = placed(example("nginx"), [
    ["127.0.0.1:8080", `127.0.0.1:${node}`],
    ["    listen [::]:80;\n", ""], ["    listen [::]:443 ssl http2;\n", ""],
    ["listen 80;", `listen 127.0.0.1:${http};`], ["listen 443 ssl http2;", `listen 127.0.0.1:${https} ssl http2;`],
    ["https://blog.example$request_uri", `https://localhost:${https}$request_uri`], ["blog.example", "localhost"],
    ["/etc/ssl/blog/fullchain.pem", files.certificate], ["/etc/ssl/blog/privkey.pem", files.key],
  ]);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
  fs.writeFileSync(path.join(folder, "nginx.conf"),
    `daemon off;\npid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${places}\n${nginx}\n}\n`);
  processes.start("nginx", "/usr/sbin/nginx", ["-p", folder, "-c", path.join(folder, "nginx.conf")]);

  const caddy = placed(example("caddyfile"), [
    ["blog.example {", `https://localhost:${caddyHttps} {\n\tbind 127.0.0.1\n\ttls ${files.certificate} ${files.key}`],
    ["127.0.0.1:8080", `127.0.0.1:${node}`],
  ]);
  fs.writeFileSync(path.join(folder, "Caddyfile"), `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n${caddy}`);
  processes.start("caddy", "caddy", ["run", "--adapter", "caddyfile", "--config", path.join(folder, "Caddyfile")], {
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  for (const [name, port] of [["nginx", https], ["caddy", caddyHttps]]) {
    await until(`${name} answers`, async () => {
      processes.insistOn(name);
      return (await request(`https://127.0.0.1:${port}/healthz`, { headers: { host: `localhost:${port}` } })).status === 200;
    }, { seconds: 30 });
  }
});

after(async () => {
  await processes.stopAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

for (const [name, port] of [["nginx", () => https], ["caddy", () => caddyHttps]]) {
  const ask = (place, options = {}) =>
    request(`https://127.0.0.1:${port()}${place}`, { ...options, headers: { host: `localhost:${port()}`, ...options.headers } });

  test(`${name}: a page comes through with its validator and is not sent twice`, async () => {
    const answer = (await ask(new URL(post.url).pathname, { headers: { accept: "text/html" } })).expect(200);
    assert.match(answer.text, /Behind a proxy/);
    assert.equal(answer.headers["strict-transport-security"], "max-age=31536000");
    const again = await ask(new URL(post.url).pathname, { headers: { accept: "text/html", "if-none-match": answer.headers.etag } });
    assert.equal(again.status, 304);
  });

  test(`${name}: the node learns the name that the client asked for, and other servers find the account`, async () => {
    const found = (await ask(`/.well-known/webfinger?resource=acct:alice@localhost:${https}`)).expect(200);
    assert.equal(found.json.subject, `acct:alice@localhost:${https}`);
  });

  test(`${name}: an activity without a signature reaches the node and is refused by it`, async () => {
    const answer = await ask("/ap/inbox", { method: "POST", body: "{}", headers: { "content-type": "application/activity+json" } });
    assert.equal(answer.status, 401);
  });

  test(`${name}: a client counts by the address that the proxy saw, whatever it says of itself`, async () => {
    const statuses = [];
    for (let count = 0; count < 8; count += 1) {
      const answer = await ask("/search?q=words", { headers: { "x-forwarded-for": `203.0.113.${count + (name === "caddy" ? 100 : 0)}` } });
      statuses.push(answer.status);
    }
    assert.ok(statuses.includes(429), `${statuses}`);
  });

  test(`${name}: HTTP/2 is spoken`, async () => {
    const session = http2.connect(`https://localhost:${port()}`, { ca: fs.readFileSync(files.certificate), lookup: (_n, o, done) => (o.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4)) });
    const status = await new Promise((resolve, reject) => {
      session.once("error", reject);
      const stream = session.request({ ":path": "/about" });
      stream.once("response", (headers) => resolve(headers[":status"]));
      stream.once("error", reject);
      stream.resume().end();
    });
    session.close();
    assert.equal(status, 200);
  });
}

test("nginx: plain http leads to https, at the same place", async () => {
  const answer = await request(`http://127.0.0.1:${http}/search?q=a+b`, { headers: { host: "localhost" } });
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.location, `https://localhost:${https}/search?q=a+b`);
});

test("the node speaks HTTP/2 in plain text with who knows beforehand", async () => {
  const session = http2.connect(`http://127.0.0.1:${node}`);
  const status = await new Promise((resolve, reject) => {
    session.once("error", reject);
    const stream = session.request({ ":path": "/about" });
    stream.once("response", (headers) => resolve(headers[":status"]));
    stream.once("error", reject);
    stream.resume().end();
  });
  session.close();
  assert.equal(status, 200);
});

test("the unit of the page is one that systemd would take", () => {
  const unit = example("ini");
  for (const section of ["[Unit]", "[Service]", "[Install]"]) assert.ok(unit.includes(section));
  assert.match(unit, /^ExecStart=\S+ serve --data \S+$/m);
});
