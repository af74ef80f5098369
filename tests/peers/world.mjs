// One test's world: the small internet, and the servers that live in it.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Blog } from "../support/blog.mjs";
import { ADDRESS, freePort, knowNames, makeAuthority, startProxy } from "../support/loopback.mjs";
import { Processes } from "../support/processes.mjs";
import { requester } from "../support/request.mjs";
import { Fedify } from "./fedify/client.mjs";
import { Snac } from "./snac.mjs";

/** The address under which a server of this name is reached. */
export const host = (name) => `${name}.antiphon.test`;

export class World {
  /** Builds the internet for servers of these names; they are started one by one. */
  static async build(...names) {
    const world = new World();
    world.folder = fs.mkdtempSync(path.join(os.tmpdir(), "antiphon-peers-"));
    world.processes = new Processes(path.join(world.folder, "logs"));
    const hosts = names.map(host);
    knowNames(hosts);
    world.authority = makeAuthority(path.join(world.folder, "ca"), hosts);
    world.request = requester(world.authority.text);
    world.ports = {};
    for (const name of hosts) world.ports[name] = await freePort();
    await startProxy(world.processes, path.join(world.folder, "nginx"), world.authority, world.ports);
    return world;
  }

  #server(name) {
    return {
      host: host(name), url: `https://${host(name)}`, port: this.ports[host(name)], folder: path.join(this.folder, name),
      request: this.request, authority: this.authority,
    };
  }

  /** A node of ours. */
  blog(name, env = {}) {
    return Blog.start(this.processes, {
      ...this.#server(name),
      env: {
        ANTIPHON_FEDERATION__ALLOW_LOOPBACK: "true",
        ANTIPHON_FEDERATION__EXTRA_CA: this.authority.ca,
        ANTIPHON_SERVER__TRUSTED_PROXIES: `["127.0.0.1", "${ADDRESS}"]`,
        ...env,
      },
    });
  }

  /** A Fedify peer that signs its first try in the form `firstKnock`. */
  fedify(name, firstKnock, more = {}) {
    return Fedify.start(this.processes, { ...this.#server(name), firstKnock, ...more });
  }

  /** A snac with these users. */
  snac(name, ...users) {
    return Snac.start(this.processes, { ...this.#server(name), users });
  }

  /** Ends everything. The folder stays when ANTIPHON_TEST_KEEP is set, to look into the logs. */
  async close() {
    await this.processes.stopAll();
    if (process.env.ANTIPHON_TEST_KEEP) console.log(`kept: ${this.folder}`);
    else fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
