// The programs a test starts, and their end: none outlives the test, however that goes.

import { spawn, execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Hopeless } from "./until.mjs";

export class Processes {
  #running = new Map();

  /** Logs go below ANTIPHON_TEST_LOGS, into a folder named like the test file, or else into `folder`. */
  constructor(folder) {
    const kept = process.env.ANTIPHON_TEST_LOGS;
    this.logs = kept ? path.join(kept, path.basename(process.argv[1], ".test.mjs")) : folder;
    fs.mkdirSync(this.logs, { recursive: true });
    process.once("exit", () => this.#running.forEach((child) => child.kill("SIGKILL")));
    for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]]) process.once(signal, () => process.exit(status));
  }

  /** Starts a program with its output in a log; it is handed no standard input. */
  start(name, command, args, { env = {}, cwd } = {}) {
    const log = fs.openSync(path.join(this.logs, `${name}.log`), "a");
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", log, log] });
    fs.closeSync(log);
    child.once("error", (error) => fs.appendFileSync(path.join(this.logs, `${name}.log`), `${error}\n`));
    child.once("exit", () => this.#running.delete(name));
    this.#running.set(name, child);
    return child;
  }

  /** Fails with the end of its log when a program is no longer running. */
  insistOn(name) {
    if (!this.#running.has(name)) throw new Hopeless(`${name} has ended:\n${this.tail(name)}`);
  }

  /** The last lines a program wrote. */
  tail(name, lines = 25) {
    const file = path.join(this.logs, `${name}.log`);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").slice(-lines).join("\n") : "";
  }

  /** Asks a program to end, waits for it, and ends it after ten seconds. */
  async stop(name) {
    const child = this.#running.get(name);
    if (!child) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(force);
  }

  async stopAll() {
    await Promise.all([...this.#running.keys()].reverse().map((name) => this.stop(name)));
  }
}

/** Runs a program to its end and returns what it printed; its messages are part of the error when it fails. */
export function run(command, args, { env = {}, input = "", cwd } = {}) {
  try {
    return execFileSync(command, args, { cwd, env: { ...process.env, ...env }, input, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")} failed\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  }
}
