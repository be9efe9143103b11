// The middle: a channel, or the app with its tabs.

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { messageList } from "./messages.js";
import { avatar } from "./people.js";
import { channelHere, gesture, page, redraw, seen } from "./store.js";
import { inView } from "./where.js";

export function main() {
  const channel = channelHere();
  if (page.place === "app") return h("main", { class: "main" }, appHead(), appBody(channel));
  if (!channel) return h("main", { class: "main" }, h("p", { class: "nothing" }, "Choose a channel."));
  return h("main", { class: "main" }, channelHead(channel), messageList(channel), composer(channel));
}

function channelHead(channel) {
  const sign = channel.kind === "private" ? "🔒" : "#";
  const app = channel.has_bot ? `App: ${seen.app.name}` : `Without ${seen.app.name}`;
  return h(
    "header",
    { class: "pane-head" },
    h("h2", { "data-testid": "channel-name" }, h("span", { class: "sign" }, sign), ` ${channel.name}`),
    h(
      "div",
      { class: "facts" },
      channel.shared && h("span", { class: "fact" }, "shared with another workspace"),
      h("span", { class: channel.has_bot ? "fact" : "fact is-missing" }, app),
      h("span", { class: "fact" }, `👥 ${channel.members}`),
    ),
  );
}

function appHead() {
  const names = { home: seen.app.home_tab && "Home", messages: seen.app.messages_tab && "Messages", about: "About" };
  return h(
    "header",
    { class: "pane-head is-app" },
    h("h2", { "data-testid": "channel-name" }, avatar(seen.app.user, "avatar is-small"), ` ${seen.app.name}`),
    h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": seen.app.name },
      Object.entries(names)
        .filter(([, name]) => name)
        .map(([tab, name]) => tabButton(tab, name)),
    ),
  );
}

function tabButton(tab, name) {
  const isOpen = String(page.tab === tab);
  const attributes = { type: "button", role: "tab", "aria-selected": isOpen };
  return h("button", { ...attributes, on: { click: () => openTab(tab) } }, name);
}

export function openTab(tab) {
  page.tab = tab;
  if (tab === "home") gesture("open_home", {}, { isQuiet: true });
  if (tab === "messages") gesture("open_messages_tab", {}, { isQuiet: true });
  redraw();
}

function appBody(channel) {
  if (page.tab === "home" && seen.app.home_tab) {
    const home = seen.home;
    const empty = h("p", { class: "nothing" }, "The app has not put anything here yet.");
    const attributes = { class: "home", "data-testid": "home", "data-hash": home?.hash };
    return h("div", attributes, home ? blocks(inView(home), home.blocks) : empty);
  }
  if (page.tab === "messages" && channel) return [messageList(channel), composer(channel)];
  return about();
}

function about() {
  const commands = seen.app.commands.map((one) => [h("dt", {}, one.command, " ", one.usage_hint), h("dd", {}, one.description)]);
  const shortcuts = seen.app.shortcuts.map((one) => [
    h("dt", {}, one.name, h("small", {}, one.type === "global" ? " ⚡ anywhere" : " ⋮ on a message")),
    h("dd", {}, one.description),
  ]);
  return h("div", { class: "home about" }, h("p", {}, seen.app.description), h("dl", {}, commands, shortcuts));
}
