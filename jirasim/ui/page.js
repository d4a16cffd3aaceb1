// A page works without this. With it, forms are sent without a new page, and
// every change is shown, and marked, as it arrives. The server draws everything.
"use strict";
const root = document.body.dataset.root;
const drawn = new Map(); // what the server last drew, by id of the region
const regions = (page) => page.querySelectorAll("[data-live]");
const remember = () => regions(document).forEach((r) => drawn.set(r.id, r.innerHTML));

// mark shows for a while that something is new; what was marked stays so by name.
function mark(item) {
  item.dataset.marked = "";
  item.classList.add("fresh");
  setTimeout(() => item.classList.remove("fresh"), 4000);
}

// where is what of an item can be new: its content, and what it stands in.
const where = (item) => item.innerHTML + " in " + (item.closest("section")?.id ?? "");

// take shows what another drawing of this page has that this one has not. A
// form that somebody has open is left to him.
function take(page) {
  const held = document.activeElement?.id;
  const near = document.activeElement?.closest("[data-item]")?.id;
  for (const old of regions(document)) {
    const next = page.getElementById(old.id);
    if (!next || drawn.get(old.id) === next.innerHTML || old.matches("details[open]") || old.querySelector("details[open]")) continue;
    drawn.set(old.id, next.innerHTML);
    const before = new Map([...old.querySelectorAll("[data-item]")].map((i) => [i.id, where(i)]));
    old.innerHTML = next.innerHTML;
    old.querySelectorAll("[data-item]").forEach((i) => before.get(i.id) !== where(i) && mark(i));
    ready(old);
  }
  document.title = page.title;
  if (held && document.activeElement?.id !== held) {
    const same = document.getElementById(held);
    const back = same ?? document.getElementById(near ?? "")?.querySelector("a");
    back?.focus({ preventScroll: true });
    if (!same) back?.scrollIntoView({ block: "nearest" });
  }
}

const read = (html) => new DOMParser().parseFromString(html, "text/html");

// replace shows another page in the place of this one.
function replace(page) {
  document.querySelector("main").replaceWith(document.importNode(page.querySelector("main"), true));
  document.title = page.title;
  remember();
  ready(document.querySelector("main"));
  const wrong = document.querySelector("main [aria-invalid]");
  (wrong ?? document.querySelector("main")).focus();
  if (!wrong) scrollTo(0, 0);
}

// look draws this page anew; however often it is asked, once at a time.
let looking = false, again = false, dragging = false;
async function look() {
  if (looking || dragging) { again = true; return; }
  looking = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = read(await answer.text());
    if (answer.ok && dragging) again = true; else if (answer.ok) take(page); else replace(page);
  } catch { /* the stream says when the site is back */ }
  looking = false;
  if (again && !dragging) { again = false; look(); }
}

// send sends a form and shows what comes of it.
async function send(form, button) {
  const body = new FormData(form, button);
  const answer = await fetch(form.action, { method: "POST", body: form.enctype === "multipart/form-data" ? body : new URLSearchParams(body) });
  const page = read(await answer.text());
  if (!answer.ok) return replace(page);
  const box = form.closest("details");
  if (box) { box.open = false; box.querySelector("summary").focus(); }
  if (!form.closest("[data-live]")) {
    form.reset();
    form.querySelectorAll(".shown").forEach((s) => { s.hidden = true; });
    form.querySelectorAll(".wrong").forEach((s) => s.remove());
  }
  const at = new URL(answer.url).pathname;
  if (at === location.pathname) take(page); else if (!location.pathname.startsWith(at)) location.assign(answer.url); else look();
}

// ready gives the forms in a part of the page what only a script can.
function ready(part) {
  for (const form of part.querySelectorAll("form[data-send]")) {
    form.addEventListener("submit", (e) => {
      if (e.submitter?.name === "preview") return;
      e.preventDefault();
      send(form, e.submitter).catch(() => form.submit());
    });
  }
  for (const area of part.querySelectorAll("textarea[data-shows]")) {
    let wait;
    area.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => show(area), 200); });
  }
  for (const card of part.querySelectorAll(".card")) {
    card.draggable = true;
    card.addEventListener("dragstart", (e) => {
      e.dataTransfer.setData("text/plain", card.dataset.issue);
      drag(card);
    });
    card.addEventListener("dragend", () => drag(null));
  }
  for (const column of part.querySelectorAll(".column")) {
    column.addEventListener("dragover", (e) => { e.preventDefault(); column.classList.add("over"); });
    column.addEventListener("dragleave", () => column.classList.remove("over"));
    column.addEventListener("drop", (e) => {
      e.preventDefault();
      column.classList.remove("over");
      const card = document.getElementById("card-" + e.dataTransfer.getData("text/plain"));
      const way = card?.querySelector(`.way[data-to="${column.dataset.status}"]`);
      drag(null);
      if (way) way.click();
      else if (card && card.closest(".column") !== column) say("There is no way there from here");
    });
  }
}

// drag shows where a card can go. Nothing is drawn anew while one is held.
function drag(card) {
  dragging = card !== null;
  for (const c of document.querySelectorAll(".card.held")) c.classList.remove("held");
  card?.classList.add("held");
  for (const c of document.querySelectorAll(".column")) c.classList.toggle("there", !!card?.querySelector(`.way[data-to="${c.dataset.status}"]`));
  if (!dragging && again) { again = false; look(); }
}

// show draws the preview of a text that is being written.
async function show(area) {
  const answer = await fetch(root + "preview", { method: "POST", body: new URLSearchParams({ text: area.value }) });
  const out = document.getElementById(area.dataset.shows);
  out.innerHTML = answer.ok ? await answer.text() : "";
  out.hidden = area.value === "";
}

// say tells what happened, to eyes and ears.
function say(words) {
  const line = document.createElement("li");
  line.textContent = words;
  const news = document.getElementById("news");
  news.append(line);
  while (news.children.length > 4) news.firstChild.remove();
  setTimeout(() => line.remove(), 6000);
}

document.documentElement.classList.add("script");
document.getElementById("account").addEventListener("change", (e) => e.target.form.submit());
document.addEventListener("keydown", (e) => {
  const open = e.key === "Escape" && !e.defaultPrevented && document.activeElement.closest("details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
  look(); // it was not drawn anew while it was open
});
document.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
remember();
ready(document);
let wait;
const stream = new EventSource(root + "events");
const live = document.getElementById("live");
const alive = (is) => { live.hidden &&= !is; live.textContent = is ? "live" : "not live"; live.classList.toggle("lost", !is); };
stream.addEventListener("open", () => { alive(true); look(); });
stream.addEventListener("error", () => alive(false));
stream.addEventListener("news", (e) => {
  say(JSON.parse(e.data).text);
  clearTimeout(wait);
  wait = setTimeout(look, 100);
});
addEventListener("pagehide", () => stream.close());
