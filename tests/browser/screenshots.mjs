// Pictures of every kind of page for docs/screenshots (or ANTIPHON_TEST_SCREENSHOTS), at phone and desktop width, light and dark: `tests/run screenshots`.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../support/processes.mjs";
import { painted } from "./browser.mjs";
import { pages } from "./kinds.mjs";
import { Site } from "./site.mjs";

const FOLDER = process.env.ANTIPHON_TEST_SCREENSHOTS ?? path.join(path.dirname(fileURLToPath(import.meta.url)), "../../docs/screenshots");
const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
/** All pictures together, in bytes: they lie in the repository. */
const MOST = 3_000_000;

fs.mkdirSync(FOLDER, { recursive: true });
const site = await Site.start("screenshots");
let total = 0;
try {
  const talk = ["discussion", new URL(`${site.posts.rich.url}#comments`, site.url).href];
  for (const [name, url] of [...(await pages(site)), talk]) {
    for (const [screen, size] of Object.entries(SCREENS)) {
      for (const dark of [false, true]) {
        const file = path.join(FOLDER, `${name}-${screen}-${dark ? "dark" : "light"}.png`);
        const { page, close } = await site.visit(url, { dark, ...size });
        await painted(page);
        await page.screenshot({ path: file });
        await close();
        // A page has few colours; a palette of them makes a third of the size.
        run("pngquant", ["--force", "--skip-if-larger", "--strip", "--speed", "1", "--output", file, "64", "--", file]);
        total += fs.statSync(file).size;
      }
    }
    console.log(`${name}: ${url}`);
  }
} finally {
  await site.stop();
}
console.log(`${(total / 1_000_000).toFixed(2)} MB in ${FOLDER}`);
if (total > MOST) throw new Error(`the pictures are larger than ${MOST} bytes together`);
