// Every feed, a line each: its name, its address without the ending, what must stand in it. Each comes in every form.

/** Endings, and what feedparser calls the form. JSON Feed is read by the test itself. */
export const FORMS = [
  [".atom", "atom10", "application/atom+xml"],
  [".rss", "rss20", "application/rss+xml"],
  [".json", undefined, "application/feed+json"],
];

export const FEEDS = [
  ["site", () => "/feed", ["Call and response", "唱詩與應答"]],
  ["author", () => "/@alice/feed", ["Call and response"]],
  ["tag", () => "/tags/music/feed", ["Call and response", "Nothing was said"]],
  ["comments of a post", (site) => `${new URL(site.posts.rich.url).pathname}/comments`, ["The writer answers"]],
  ["all comments", () => "/comments", ["The writer answers", "寫得真好"]],
];
