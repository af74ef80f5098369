// Every kind of page, a line each: its name, where one stands on the site (tests/browser/site.mjs), and its status when that is not 200.
// Whatever holds of all pages (axe, HTML, width, nothing foreign, pictures for docs) is looked at on each of these.

export const KINDS = [
  ["home", () => "/"],
  ["home-older", async (site) => /class="older" href="([^"]+)"/.exec((await site.get("/")).text)?.[1].replaceAll(/&#38;|&amp;/g, "&")],
  ["post", (site) => site.posts.rich.url],
  ["post-long", (site) => site.posts.long.url],
  ["post-arabic", (site) => site.posts.arabic.url],
  ["post-chinese", (site) => site.posts.chinese.url],
  ["post-quiet", (site) => site.posts.quiet.url],
  ["author", () => "/@alice"],
  ["tag", () => "/tags/music"],
  ["category", () => "/categories/songs"],
  ["series", () => "/series/the-making-of-a-song-book"],
  ["archive", () => "/archive"],
  ["archive-year", () => `/archive/${new Date().getUTCFullYear()}`],
  ["followers", () => "/@alice/followers"],
  ["free-page", () => "/imprint"],
  ["branch", (site) => `${site.posts.rich.url}/comments/1.1`],
  ["interact", (site) => `/interact?do=reply&id=${site.posts.rich.slug}`],
  ["interact-slip", (site) => `/interact?do=reply&id=${site.posts.rich.slug}&server=nonsense`, 400],
  ["search", () => "/search?q=stalls"],
  ["search-slip", () => "/search?q=%22open", 400],
  ["preferences", () => "/preferences"],
  ["about", () => "/about"],
  ["replies", () => "/replies"],
  ["replies-slip", () => "/replies?url=nonsense", 400],
  ["not-found", () => "/no/such/page", 404],
  ["gone", (site) => site.posts.gone.url, 410],
];

/** The same with their addresses: [name, url, status]. */
export async function pages(site) {
  const found = [];
  for (const [name, where, status = 200] of KINDS) {
    const address = await where(site);
    if (!address) throw new Error(`the site has no page of the kind "${name}"`);
    found.push([name, new URL(address, site.url).href, status]);
  }
  return found;
}
