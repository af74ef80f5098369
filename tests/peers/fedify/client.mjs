// Starts a Fedify peer and makes it act through its control port.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { answers, freePort } from "../../support/loopback.mjs";
import { until } from "../../support/until.mjs";

const program = fileURLToPath(new URL("server.mjs", import.meta.url));

export class Fedify {
  static async start(processes, { host, url, port, authority, request, firstKnock, challenge = false, user = "fred" }) {
    const control = await freePort();
    const peer = Object.assign(new Fedify(), { host, url, request, control, handle: `${user}@${host}` });
    processes.start(host, process.execPath, [program], {
      env: {
        NODE_EXTRA_CA_CERTS: authority.ca, PEER_HOST: host, PEER_USER: user, PEER_PORT: String(port), PEER_CONTROL: String(control),
        PEER_FIRST_KNOCK: firstKnock, PEER_CHALLENGE: challenge ? "yes" : "",
      },
    });
    await until(`${path.basename(host)} listens`, async () => {
      processes.insistOn(host);
      return (await answers(port)) && (await answers(control));
    }, { seconds: 30 });
    return peer;
  }

  /** Makes the peer do something and returns what came of it. */
  async act(action, words = {}) {
    const url = `http://127.0.0.1:${this.control}/${action}`;
    return (await this.request(url, { method: "POST", json: words })).expect(200).json;
  }

  /** What the peer received and found genuine, oldest first. */
  received() {
    return this.act("received");
  }

  /** Waits for the activity that `wanted` recognises. */
  receives(what, wanted) {
    return until(`${this.host} receives ${what}`, async () => {
      const all = await this.act("received");
      const found = all.find(wanted);
      if (!found) throw new Error(`received so far: ${JSON.stringify(all.slice(-6), null, 1)}\nrequests: ${JSON.stringify((await this.act("requests")).slice(-8))}`);
      return found;
    });
  }
}
