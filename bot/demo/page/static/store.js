// What the server says that this person sees, what only this page knows, and the gestures.

export const seen = {};

export const page = {
  person: "",
  place: "", // a channel's id, or "app"
  tab: "messages",
  thread: null,
  drafts: new Map(), // what is being typed, by composer or field: the elements may come and go
  menu: null, // the one menu that is open: its key
  active: 0, // which of its items is marked
  confirm: null,
  toast: null,
  read: new Map(), // the last message seen, by person and channel
  left: new Map(), // the newest private message when a person was left
  since: null, // the newest message when the page was opened
  then: null, // what is to be done once the next person sits here
  tour: { isOpen: true, step: null, isAgain: false },
  wire: { isOpen: false, chosen: null, whole: null },
  combos: new Map(),
  pages: new Map(), // the page that a table shows
  isConnected: false,
};

let draw = () => {};
let isDue = false;

export function onDraw(render) {
  draw = render;
}

export function redraw() {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw();
  });
}

// A gesture resolves to what came of it, or to null if it could not be done.
export async function gesture(name, given = {}, { isQuiet = false } = {}) {
  let answer;
  try {
    const response = await fetch(`/ui/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ person: page.person, ...given }),
    });
    answer = await response.json();
    // Where a view went away meanwhile there is nothing to tell.
    if (response.ok) return answer.gone ? null : answer;
  } catch {
    answer = { error: "The stand-in does not answer." };
  }
  if (!isQuiet) toast(answer.error);
  return null;
}

let fading = 0;

export function toast(words) {
  page.toast = words;
  clearTimeout(fading);
  fading = setTimeout(() => {
    page.toast = null;
    redraw();
  }, 8000);
  redraw();
}

// What Slack's client shows where a click or a shortcut did not reach the app.
export function tell(result) {
  if (result?.trouble) toast(`The app did not answer as it should: ${result.trouble}`);
}

export function openMenu(key) {
  page.menu = page.menu === key ? null : key;
  page.active = 0;
  redraw();
}

export function closeMenu() {
  if (page.menu === null) return;
  page.menu = null;
  redraw();
}

const NOBODY = { name: "unknown", real_name: "Unknown", kind: "member", note: "" };
const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot", kind: "app", note: "" };

export function personOf(id) {
  return id === SLACKBOT.id ? SLACKBOT : seen.people[id] ?? { ...NOBODY, id, name: id };
}

export function channelOf(id) {
  return seen.channels.find((one) => one.id === id);
}

export function channelHere() {
  return channelOf(page.place === "app" ? directId() : page.place);
}

export function directId() {
  return seen.channels.find((one) => one.kind === "im")?.id ?? "";
}

export function channelName(channel) {
  if (!channel) return "";
  return channel.kind === "im" ? seen.app.name : channel.name;
}
