// The left column: who one is, the channels, the app.

import { h } from "./dom.js";
import { avatar, nameOf } from "./people.js";
import { directId, page, seen } from "./store.js";
import { othersWithNews, unread } from "./unread.js";

export function sidebar({ go, become }) {
  const channels = seen.channels.filter((one) => one.kind !== "im");
  return h(
    "nav",
    { class: "sidebar", "aria-label": "Workspace" },
    h("div", { class: "workspace-name" }, h("h1", {}, seen.workspace.name), h("small", {}, "local workspace")),
    switcher(become),
    othersWithNews().map((one) => news(one, become)),
    h("h2", {}, "Channels"),
    h("ul", {}, channels.map((one) => row(one.id, place(one), one.name, () => go(one.id), one))),
    seen.workspace.is_guest
      ? null
      : [
          h("h2", {}, "Apps"),
          h("ul", {}, row("app", avatar(seen.app.user, "avatar is-tiny"), seen.app.name, () => go("app"))),
        ],
  );
}

function place(channel) {
  return h("span", { class: "sign", "aria-hidden": "true" }, channel.kind === "private" ? "🔒" : "#");
}

function row(id, sign, name, open, channel = null) {
  const count = unread(id === "app" ? directId() : id);
  const kind = channel?.kind === "private" ? "private channel" : "";
  return h(
    "li",
    { key: id },
    h(
      "button",
      {
        type: "button",
        class: count ? "row is-unread" : "row",
        "aria-current": page.place === id ? "page" : null,
        "data-channel": id,
        title: channel && !channel.has_bot ? "The app is not in this channel" : kind,
        on: { click: open },
      },
      sign,
      h("span", { class: "row-name" }, name),
      channel?.shared && h("span", { class: "shared", title: "Shared with another workspace" }, "shared"),
      count > 0 && h("span", { class: "unread", "aria-label": `${count} unread` }, count),
    ),
  );
}

// Something that only they see: nobody would look for it.
function news(person, become) {
  const attributes = { type: "button", class: "news", key: `news-${person.id}`, on: { click: () => become(person.id) } };
  return h("button", attributes, h("span", { "aria-hidden": "true" }, "●"), ` New for ${nameOf(person.id)}`);
}

function switcher(become) {
  const people = Object.values(seen.people).filter((one) => one.kind !== "app" && !one.deleted);
  const words = ({ id, note }) => (note ? `${nameOf(id)}: ${note}` : nameOf(id));
  const attributes = {
    "data-testid": "user-switcher",
    "aria-label": "You are",
    value: seen.me,
    on: { change: (event) => become(event.target.value) },
  };
  return h(
    "label",
    { class: "switcher" },
    avatar(seen.me, "avatar is-small"),
    h(
      "span",
      { class: "switcher-words" },
      h("small", {}, "You are"),
      h("b", {}, nameOf(seen.me)),
      h("small", {}, seen.people[seen.me].note),
      h("select", attributes, people.map((one) => h("option", { value: one.id }, words(one)))),
    ),
  );
}
