// What holds of every kind of page, light and dark: axe finds nothing, nobody else is asked, nothing is missing, and a small screen is enough.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { brightness, insistItFits, violations } from "./browser.mjs";
import { KINDS, pages } from "./kinds.mjs";
import { Site } from "./site.mjs";

describe("every kind of page", () => {
  let site, found;

  before(async () => {
    site = await Site.start("kinds");
    found = new Map((await pages(site)).map(([name, url, status]) => [name, { url, status }]));
  });
  after(() => site?.stop());

  for (const [name] of KINDS) {
    for (const dark of [false, true]) {
      test(`${name}, ${dark ? "dark" : "light"}: accessible, self-contained, narrow enough`, async () => {
        const { url, status } = found.get(name);
        const { page, response, seen, close } = await site.visit(url, { dark });
        assert.equal(response.status(), status);
        assert.deepEqual(await violations(page), []);
        const light = await brightness(page);
        assert.ok(dark ? light < 80 : light > 180, `the ground is ${light} bright`);
        await page.setViewportSize({ width: 320, height: 640 });
        await insistItFits(page, name);
        if (!dark) assert.deepEqual(await violations(page), [], "on a small screen");
        const foreign = seen.requests.filter((request) => !request.startsWith(`${site.url}/`) && !request.startsWith("data:"));
        assert.deepEqual(foreign, [], "asks others");
        const expected = (one) => status >= 400 && one.includes(String(status));
        assert.deepEqual(seen.failures.filter((one) => !expected(one)), [], "misses something");
        assert.deepEqual(seen.complaints.filter((one) => !expected(one)), [], "complains");
        await close();
      });
    }

    test(`${name}: complete without JavaScript: language, one heading, a way home`, async () => {
      const { url } = found.get(name);
      const { page, close } = await site.visit(url, { javaScript: false, width: 360 });
      assert.match(await page.locator("html").getAttribute("lang"), /^en/);
      assert.match((await page.title()).trim(), /./);
      assert.equal(await page.locator("h1:visible").count(), 1);
      assert.equal(await page.locator("main").count(), 1);
      assert.ok((await page.locator(`a[href="/"], a[href="${site.url}/"]`).count()) > 0 || name.startsWith("home"));
      await close();
    });
  }
});
