// Names, avatars and times.

import { h } from "./dom.js";
import { personOf, seen } from "./store.js";

const COLOURS = 8;

export function nameOf(id) {
  const person = personOf(id);
  return person.kind === "app" ? person.real_name : person.real_name.replace(/ \(.*\)$/, "");
}

export function avatar(id, css = "avatar") {
  const words = nameOf(id).split(/\s+/).filter(Boolean);
  const initials = words.slice(0, 2).map((one) => [...one][0].toUpperCase()).join("");
  const number = (Object.keys(seen.people).indexOf(id) + COLOURS) % COLOURS;
  const colour = id === seen.app.user ? "app-colour" : `colour-${number}`;
  return h("span", { class: `${css} ${colour}`, "aria-hidden": "true" }, initials);
}

export function badge(id) {
  const person = personOf(id);
  const words = { app: "APP", guest: "GUEST", outside: "OTHER WORKSPACE" }[person.kind];
  return words ? h("span", { class: "badge" }, words) : null;
}

export function clock(stamp) {
  const moment = new Date(Number(stamp) * 1000);
  return h(
    "time",
    { datetime: moment.toISOString(), title: moment.toLocaleString("en") },
    moment.toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" }),
  );
}

export function dayOf(stamp) {
  const moment = new Date(Number(stamp) * 1000);
  const isToday = moment.toDateString() === new Date().toDateString();
  if (isToday) return "Today";
  return moment.toLocaleDateString("en", { weekday: "long", month: "long", day: "numeric" });
}
