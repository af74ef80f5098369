// The HTML of every kind of page, read by two validators: html-validate and the Nu Html Checker (vnu).

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { HtmlValidate } from "html-validate";
import vnu from "vnu-jar";
import { run } from "../support/processes.mjs";
import rules from "./htmlvalidate.mjs";
import { KINDS, pages } from "./kinds.mjs";
import { Site } from "./site.mjs";

describe("the HTML of every kind of page", () => {
  let site, folder, nu;
  const sources = new Map();

  before(async () => {
    site = await Site.start("markup", { browser: false });
    folder = path.join(site.folder, "html");
    fs.mkdirSync(folder);
    for (const [name, url] of await pages(site)) {
      sources.set(name, (await site.get(url)).text);
      fs.writeFileSync(path.join(folder, `${name}.html`), sources.get(name));
    }
    // One start of Java for all pages. Nothing is fetched.
    nu = JSON.parse(run("java", ["-Xss1m", "-jar", vnu, "--format", "json", "--stdout", "--exit-zero-always", folder])).messages;
  });
  after(() => site?.stop());

  for (const [name] of KINDS) {
    test(`${name}: html-validate`, async () => {
      const report = await new HtmlValidate(rules).validateString(sources.get(name), `${name}.html`);
      const found = report.results.flatMap(({ messages }) => messages).filter(({ severity }) => severity === 2);
      assert.deepEqual(found.map(({ line, column, ruleId, message }) => `${line}:${column} ${ruleId}: ${message}`), []);
    });

    test(`${name}: vnu`, () => {
      const found = nu.filter(({ url, type }) => path.basename(url) === `${name}.html` && type !== "info");
      assert.deepEqual(found.map(({ lastLine, message, extract }) => `${lastLine}: ${message} (${extract})`), []);
    });
  }
});
