// A small internet on loopback: names, ports, a throw-away certificate authority, and one nginx that speaks TLS for all.

import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { run } from "./processes.mjs";
import { until } from "./until.mjs";

/** Where the test names live: an address of loopback that nothing else is likely to listen on. */
export const ADDRESS = "127.0.77.1";

/** Adds the names that /etc/hosts lacks. */
export function knowNames(names) {
  const hosts = fs.readFileSync("/etc/hosts", "utf8");
  const known = new Set(hosts.split("\n").filter((line) => line.startsWith(`${ADDRESS} `)).flatMap((line) => line.split(/\s+/).slice(1)));
  const lines = names.filter((name) => !known.has(name)).map((name) => `${ADDRESS} ${name}\n`);
  if (lines.length) fs.appendFileSync("/etc/hosts", (hosts.endsWith("\n") ? "" : "\n") + lines.join(""));
}

/** A port of 127.0.0.1 that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Makes an authority and one certificate for all names. `bundle` holds the system's roots and ours. */
export function makeAuthority(folder, names) {
  fs.mkdirSync(folder, { recursive: true });
  const file = (name) => path.join(folder, name);
  const openssl = (...args) => run("openssl", args, { cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "7", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Antiphon test authority",
    "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign");
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=antiphon.test");
  fs.writeFileSync(file("extensions"), [
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`, "basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth", "",
  ].join("\n"));
  openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "7", "-out", "server.pem", "-extfile", "extensions");
  const roots = "/etc/ssl/certs/ca-certificates.crt";
  const ours = fs.readFileSync(file("ca.pem"), "utf8");
  fs.writeFileSync(file("bundle.pem"), (fs.existsSync(roots) ? fs.readFileSync(roots, "utf8") : "") + ours);
  return { ca: file("ca.pem"), bundle: file("bundle.pem"), certificate: file("server.pem"), key: file("server.key"), text: ours };
}

function proxyConfig(folder, logs, authority, backends) {
  const server = ([name, port]) => `
  server {
    listen ${ADDRESS}:443 ssl;
    server_name ${name};
    access_log ${logs}/nginx-${name}.log seen;
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
    }
  }`;
  return `daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${logs}/nginx-error.log warn;
events { worker_connections 512; }
http {
  log_format seen '$request_method $request_uri $status "$http_user_agent"';
  access_log off;
  client_max_body_size 20m;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ssl_certificate ${authority.certificate};
  ssl_certificate_key ${authority.key};
  ${Object.entries(backends).map(server).join("")}
}
`;
}

/** Starts nginx in front of `backends` ({ name: port }). */
export async function startProxy(processes, folder, authority, backends) {
  fs.mkdirSync(folder, { recursive: true });
  const config = path.join(folder, "nginx.conf");
  fs.writeFileSync(config, proxyConfig(folder, processes.logs, authority, backends));
  processes.start("nginx", "/usr/sbin/nginx", ["-c", config, "-e", path.join(processes.logs, "nginx-error.log")]);
  await until("nginx listens", () => {
    processes.insistOn("nginx");
    return answers(443, ADDRESS);
  }, { seconds: 10 });
}

/** Tells whether something listens. */
export function answers(port, address = "127.0.0.1") {
  return new Promise((resolve) => {
    const socket = net.connect(port, address);
    const end = (result) => { socket.destroy(); resolve(result); };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
