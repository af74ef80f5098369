// What a discussion gains by a script: times in the reader's own zone, dialogs instead of pages for the ways to one's own
// server, and word of comments that come meanwhile. Every page is complete without it.

(() => {
"use strict";

const REMEMBERED = "antiphon-server";
// As the server writes dates in English: the day first.
const page = document.documentElement.lang;
const language = page === "en" ? "en-GB" : page || undefined;

/** Writes the moments below an element in the reader's own zone. The server wrote them in UTC. */
function tellTimes(within) {
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  for (const time of within.querySelectorAll(":is(.discussion, .discussion *) time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf()) || time.dataset.utc) continue;
    time.dataset.utc = time.textContent;
    time.title = time.classList.contains("edited") ? moment.format(at) : time.textContent;
    if (!time.classList.contains("edited")) time.textContent = (time.closest(".talk") ? day : moment).format(at);
  }
}

/** What localStorage holds, where a browser lets us look. */
function remembered() {
  try { return localStorage.getItem(REMEMBERED) ?? ""; } catch { return ""; }
}

function remember(server) {
  try { localStorage.setItem(REMEMBERED, server); } catch { /* The reader wants nothing kept. */ }
}

/** Fills the form in with the server used last, and shows the buttons that copy. */
function equip(section) {
  const input = section.querySelector("input[name=server]");
  if (section.querySelector(".go")) remember(input.value.trim());
  if (input && !input.value) input.value = remembered();
  for (const button of section.querySelectorAll(".copier")) button.hidden = !navigator.clipboard;
}

async function copy(button) {
  const input = button.parentElement.querySelector("input");
  await navigator.clipboard.writeText(input.value);
  button.textContent = button.dataset.done;
}

/** Fetches a page of ours; any status is an answer to be shown. */
async function fetchPage(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** The part of a page that a dialog shows. */
async function fetchSection(address) {
  const section = (await fetchPage(address)).querySelector("[data-dialog]");
  if (!section) throw new Error(`no dialog at ${address}`);
  return document.importNode(section, true);
}

/** Shows what stands at an address in a dialog; forms in it stay in it. */
async function openDialog(address) {
  const dialog = document.createElement("dialog");
  const show = (section) => {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = section.dataset.close;
    close.addEventListener("click", () => dialog.close());
    const heading = section.querySelector("h1");
    heading.id = "dialog-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
    equip(section);
    dialog.replaceChildren(section, close);
  };
  show(await fetchSection(address));
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const wanted = new URLSearchParams(new FormData(form));
    form.setAttribute("aria-busy", "true");
    fetchSection(`${form.getAttribute("action")}?${wanted}`).then((section) => {
      show(section);
      dialog.querySelector(".go, [aria-invalid], input[name=server]")?.focus();
    }, () => form.submit());
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input[name=server]")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const copier = event.target.closest(".copier");
  if (copier) return void copy(copier);
  const link = event.target.closest("a.act");
  if (!link) return;
  event.preventDefault();
  openDialog(link.href).catch(() => location.assign(link.href));
});

/** The thread on this page: the last one, for on a comment's own page what it answers stands in one above. */
const threadOf = (page) => [...page.querySelectorAll(".thread:not(.above)")].at(-1);

const commentOf = (item) => item.querySelector(":scope > article.thought");

/** Puts one new comment of a fetched page, with all below it, where it belongs here. */
function place(item) {
  const above = item.parentElement.closest("li");
  const here = above ? document.getElementById(commentOf(above).id).closest("li") : threadOf(document);
  const list = here.querySelector(":scope > ol, :scope > details.branch > ol");
  if (!list) {
    // The first answer brings its list along.
    const branch = document.importNode(item.closest("details.branch"), true);
    here.append(branch);
    return branch;
  }
  const known = (next) => commentOf(next) && document.getElementById(commentOf(next).id)?.closest("li");
  let next = item.nextElementSibling;
  while (next && !known(next)) next = next.nextElementSibling;
  const made = document.importNode(item, true);
  list.insertBefore(made, next ? known(next) : list.querySelector(":scope > li:not(:has(> article))"));
  return made;
}

/** Puts what is new on a fetched page into this one, and returns the first new comment. */
function take(fetched) {
  let first = null;
  const thread = threadOf(fetched);
  if (!thread) return first;
  if (!threadOf(document).querySelector("ol")) threadOf(document).append(document.createElement("ol"));
  for (const article of thread.querySelectorAll("article.thought")) {
    if (document.getElementById(article.id)) continue;
    const made = place(article.closest("li"));
    tellTimes(made);
    for (const one of made.querySelectorAll("article.thought")) one.classList.add("fresh");
    first ??= document.getElementById(article.id);
  }
  for (const summary of thread.querySelectorAll("details.branch > summary")) {
    const parent = document.getElementById(commentOf(summary.closest("li")).id)?.closest("li");
    parent?.querySelector(":scope > details.branch > summary")?.replaceChildren(...document.importNode(summary, true).childNodes);
  }
  const heading = fetched.getElementById("thoughts");
  if (heading) document.getElementById("thoughts").textContent = heading.textContent;
  return first;
}

/** Does something to the page without moving what is being read: the first comment in sight, or what follows them all. */
function still(change) {
  const root = document.documentElement;
  const below = (one) => one.getBoundingClientRect().bottom > 0;
  const read = [...document.querySelectorAll("article.thought")].find(below) ?? document.querySelector("body > footer");
  const before = read.getBoundingClientRect().top;
  root.style.overflowAnchor = "none";
  const outcome = change();
  // Whoever reads the post itself has nothing above that could have grown.
  if (before < innerHeight) scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
  root.style.overflowAnchor = "";
  return outcome;
}

/** Tells of comments that come while somebody reads, and shows them when asked to. */
function live(news) {
  const { live: address, one, many, shown, elsewhere, newest } = news.dataset;
  let source = null;
  let latest = 0;
  const say = (total) => {
    const fresh = total - Number(news.dataset.total);
    let button = news.querySelector("button");
    if (fresh <= 0) return void button?.remove();
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => load(latest));
      news.replaceChildren(button);
    }
    latest = total;
    const words = fresh === 1 ? one : many.replace("%", new Intl.NumberFormat(language).format(fresh));
    if (button.textContent !== words) button.textContent = words;
  };
  const load = async (total) => {
    const fetched = await fetchPage(location.pathname + location.search);
    const first = still(() => take(fetched));
    const now = fetched.querySelector("[data-live]")?.dataset.total;
    news.dataset.total = Math.max(Number(now ?? 0), total);
    const link = document.createElement("a");
    link.href = first ? `#${first.id}` : newest;
    link.textContent = first ? shown : elsewhere;
    link.addEventListener("click", () => first && news.replaceChildren());
    news.replaceChildren(link);
    link.focus({ preventScroll: true });
  };
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(address);
    source.addEventListener("message", ({ data }) => say(Number(data)));
  };
  document.addEventListener("visibilitychange", () => {
    // A page in the background holds no connection; it hears of everything when it is looked at again.
    if (document.hidden) { source?.close(); source = null; } else listen();
  });
  addEventListener("pagehide", () => { source?.close(); source = null; });
  addEventListener("pageshow", ({ persisted }) => persisted && listen());
  // Whoever leaves at once needs none either.
  setTimeout(listen, 3000);
}

tellTimes(document);
for (const section of document.querySelectorAll("[data-dialog]")) equip(section);
const news = document.querySelector("[data-live]");
if (news) live(news);
})();
