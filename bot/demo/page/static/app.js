// Puts the page together: the stream of what is seen, drawing, and the way between places.

import { dialogs, moveFocus, topModal } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { main, openTab } from "./main.js";
import { focusMenu } from "./menus.js";
import { thread } from "./messages.js";
import { sidebar } from "./sidebar.js";
import { channelHere, channelName, channelOf, onDraw, page, redraw, seen } from "./store.js";
import { strip } from "./strip.js";
import { tour } from "./tour.js";
import { begin, cameMeanwhile, leave, markRead } from "./unread.js";
import { forgetDrafts } from "./where.js";
import { wire } from "./wire.js";

const NEAR = 60;
const parts = Object.fromEntries(
  ["strip", "tour", "workspace", "dialogs", "wire", "toast"].map((id) => [id, document.getElementById(id)]),
);
let stream = null;

function watch(person) {
  stream?.close();
  document.body.dataset.ready = "no";
  stream = new EventSource(`/ui/events?person=${encodeURIComponent(person)}`);
  stream.onmessage = (event) => arrived(JSON.parse(event.data));
  stream.onerror = () => {
    page.isConnected = false;
    if (seen.me) redraw();
  };
}

function arrived(told) {
  page.isConnected = true;
  const isNew = told.me && told.me !== page.person;
  if (told.me) page.person = told.me;
  Object.assign(seen, told);
  if (isNew) settle();
  redraw();
  if (isNew) focusComposer();
}

// Somebody has just sat down: they stand in a channel that they can see, and before what came for
// them alone meanwhile.
function settle() {
  begin();
  if (page.place !== "app" && !channelOf(page.place)) page.place = seen.channels[0]?.id ?? "";
  if (page.place === "app" && seen.workspace.is_guest) page.place = seen.channels[0]?.id ?? "";
  const came = cameMeanwhile();
  if (came) lookAt(came);
  // The tab of the app is this person's own: the bot fills it when they open it.
  if (page.place === "app") openTab(page.tab);
  page.then?.();
  page.then = null;
}

function lookAt({ channel, message, isDirect }) {
  page.place = isDirect ? "app" : channel;
  if (isDirect) page.tab = "messages";
  page.thread = message.thread_ts ?? null;
}

function become(person, then = null) {
  leave();
  Object.assign(page, { thread: null, menu: null, confirm: null, toast: null });
  page.drafts.clear();
  page.combos.clear();
  page.then = then;
  watch(person);
}

function go(place) {
  Object.assign(page, { place, thread: null });
  if (place === "app") openTab(seen.app.home_tab ? "home" : "messages");
  redraw();
  focusComposer();
}

// The tour's next step: who does it, where, and what they type.
function arrange({ person, place, type = "" }) {
  const begin = () => {
    go(place);
    if (type) page.drafts.set(`composer/${place}/`, type);
    redraw();
  };
  if (person === seen.me) begin();
  else become(person, begin);
}

function focusComposer() {
  setTimeout(() => document.querySelector("[data-testid=composer] textarea")?.focus());
}

function draw() {
  if (!seen.me) return;
  forgetDrafts([...seen.modals, ...(seen.home ? [seen.home] : [])]);
  const channel = channelHere();
  if (channel && (page.place !== "app" || page.tab === "messages")) markRead(channel.id);
  const ends = listsAtTheirEnd();
  fill(parts.strip, strip());
  fill(parts.tour, tour({ arrange }));
  fill(parts.workspace, sidebar({ go, become }), main(), thread(channel));
  fill(parts.dialogs, dialogs());
  fill(parts.wire, wire());
  fill(parts.toast, page.toast && h("p", {}, page.toast));
  parts.workspace.inert = Boolean(topModal() || page.confirm);
  keepAtTheEnd(ends);
  moveFocus();
  focusMenu();
  mark(channel);
}

function mark(channel) {
  const address = new URLSearchParams({ as: seen.me, in: page.place });
  history.replaceState(null, "", `?${address}`);
  document.title = `${channelName(channel) || seen.app.name} · ${seen.workspace.name} (not Slack)`;
  Object.assign(document.body.dataset, { ready: "yes", person: seen.me, place: page.place });
}

// A list that shows its end goes on showing it when something is added, and so does a new one.
function listsAtTheirEnd() {
  const all = [...document.querySelectorAll("[data-list]")];
  const isAtEnd = (one) => one.scrollHeight - one.scrollTop - one.clientHeight < NEAR;
  return new Map(all.map((one) => [one.dataset.list, isAtEnd(one)]));
}

function keepAtTheEnd(ends) {
  for (const one of document.querySelectorAll("[data-list]")) {
    if (ends.get(one.dataset.list) ?? true) one.scrollTop = one.scrollHeight;
  }
}

const asked = new URLSearchParams(location.search);
page.place = asked.get("in") ?? "";
onDraw(draw);
watch(asked.get("as") ?? "");
