// A node of ours for a test: set up by its command line, driven by its REST interface.

import fs from "node:fs";
import path from "node:path";
import { answers } from "./loopback.mjs";
import { run } from "./processes.mjs";
import { until } from "./until.mjs";

/** The binary under test. */
export function binary() {
  const file = process.env.ANTIPHON_BIN;
  if (!file) throw new Error("ANTIPHON_BIN names no binary; tests/run sets it");
  return path.resolve(file);
}

export class Blog {
  /** Sets a node up in `folder` and starts it. `url` is its public origin, `port` where it listens. */
  static async start(processes, { folder, url, port, request, env = {}, title = "A test blog", account = "alice" }) {
    const blog = Object.assign(new Blog(), { processes, folder, url, port, request, account });
    blog.env = { ANTIPHON_DISCUSSION__MODERATION: "open", ...env };
    blog.name = new URL(url).hostname;
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const password = `${folder}.password`;
    fs.writeFileSync(password, "correct horse battery staple\n", { mode: 0o600 });
    blog.command("init", "--url", url, "--account", account, "--title", title, "--password-file", password);
    blog.token = blog.command("token", "create", "--account", account, "--name", "tests", "--scope", "write").trim();
    await blog.serve();
    return blog;
  }

  /** Runs a command of the binary and returns what it printed. */
  command(...words) {
    return run(binary(), [...words, "--data", this.folder], { env: this.env });
  }

  async serve() {
    this.processes.start(this.name, binary(), ["serve", "--data", this.folder, "--bind", `127.0.0.1:${this.port}`], { env: this.env });
    await until("the node is ready", async () => {
      this.processes.insistOn(this.name);
      return (await answers(this.port)) && (await this.request(`http://127.0.0.1:${this.port}/readyz`)).status === 200;
    }, { seconds: 30 });
  }

  /** A call of the REST interface, on the node itself; fails unless the status is `wanted`. */
  async api(method, call, json, ...wanted) {
    const answer = await this.request(`http://127.0.0.1:${this.port}/api/antiphon/v1${call}`, {
      method, json, token: this.token, headers: { host: new URL(this.url).host },
    });
    return answer.expect(...(wanted.length ? wanted : [200, 201, 202, 204]));
  }

  async publish(post) {
    return (await this.api("POST", "/posts", post, 201)).json;
  }

  async comments(post) {
    return (await this.api("GET", `/posts/${post.id}/comments`, undefined, 200)).json;
  }

  /** The comment below `post` that came from `apId`, with the comments above it in `path`. */
  async findComment(post, apId) {
    const search = (comments, path) => {
      for (const comment of comments) {
        if (comment.ap_id === apId) return { ...comment, path };
        const deeper = search(comment.replies ?? [], [...path, comment.id]);
        if (deeper) return deeper;
      }
      return undefined;
    };
    return search((await this.comments(post)).comments, []);
  }

  /** Every comment below `post`, flat. */
  async allComments(post) {
    const flat = (comments) => comments.flatMap((comment) => [comment, ...flat(comment.replies ?? [])]);
    return flat((await this.comments(post)).comments);
  }

  /** The page of a post, as a browser gets it. */
  async page(post) {
    return (await this.request(post.url, { headers: { accept: "text/html" } })).expect(200).text;
  }

  /** The post as other servers see it. */
  async document(post) {
    return (await this.request(post.ap_id, { headers: { accept: "application/activity+json" } })).expect(200).json;
  }
}
