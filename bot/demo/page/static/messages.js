// The messages of a channel, and of the thread beside it.

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { underMessage } from "./files.js";
import { menuButton } from "./menus.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar, badge, clock, dayOf, nameOf } from "./people.js";
import { channelHere, channelName, gesture, page, redraw, seen, tell } from "./store.js";
import { openedThread } from "./tour.js";
import { inMessage } from "./where.js";

const TOGETHER = 300;

export function isReply(one) {
  return Boolean(one.thread_ts) && one.thread_ts !== one.ts;
}

export function inChannel(channel) {
  return (seen.messages[channel] ?? []).filter((one) => !isReply(one) || one.broadcast);
}

export function repliesTo(channel, ts) {
  return (seen.messages[channel] ?? []).filter((one) => isReply(one) && one.thread_ts === ts);
}

export function messageList(channel) {
  const all = inChannel(channel.id);
  return h(
    "div",
    {
      class: "messages",
      role: "log",
      tabindex: "0",
      "aria-label": `Messages in ${channelName(channel)}`,
      key: channel.id,
      "data-list": channel.id,
    },
    h("div", { class: "messages-space" }),
    beginning(channel),
    all.map((one, i) => [
      day(one, all[i - 1]),
      message(channel, one, { isCompact: isCompact(all[i - 1], one) }),
    ]),
  );
}

function day(one, before) {
  const words = dayOf(one.ts);
  if (before && dayOf(before.ts) === words) return null;
  return h("div", { class: "day", key: `day-${words}` }, h("span", {}, words));
}

function beginning(channel) {
  const name = channelName(channel);
  const [title, what] = {
    im: [name, "your direct messages with"],
    private: [`🔒 ${name}`, "the private channel"],
    public: [`# ${name}`, "the channel"],
  }[channel.kind];
  const words = `This is the very beginning of ${what} ${name}.`;
  return h("div", { class: "beginning" }, h("h2", {}, title), h("p", {}, words));
}

function isCompact(before, one) {
  if (!before || before.user !== one.user || before.ephemeral !== one.ephemeral) return false;
  return !before.thread_ts && !one.thread_ts && one.ts - before.ts < TOGETHER;
}

function message(channel, one, { isCompact: compact = false, isInThread = false } = {}) {
  const css = ["message", compact && "is-compact", one.ephemeral && "is-ephemeral"];
  const name = `${nameOf(one.user)}${one.ephemeral ? ", only visible to you" : ""}`;
  const attributes = {
    class: css.filter(Boolean).join(" "),
    key: one.ts,
    "aria-label": name,
    "data-testid": "message",
    "data-ts": one.ts,
    "data-user": one.user,
    "data-ephemeral": one.ephemeral ? "yes" : null,
  };
  const face = compact ? h("span", { class: "small-time" }, clock(one.ts)) : avatar(one.user);
  const content = [!compact && head(one), body(channel, one), !isInThread && below(channel, one)];
  return h(
    "article",
    attributes,
    one.ephemeral && h("p", { class: "only-you" }, "👁 Only visible to you"),
    h("div", { class: "message-row" }, face, h("div", { class: "message-body" }, content)),
    !one.ephemeral && tools(channel, one, isInThread),
  );
}

function head(one) {
  const name = h("strong", {}, nameOf(one.user));
  return h("div", { class: "message-head" }, name, badge(one.user), clock(one.ts));
}

function below(channel, one) {
  if (!isReply(one)) return summary(channel, one);
  const open = { click: () => openThread(one.thread_ts) };
  return h("button", { type: "button", class: "link", on: open }, "replied to a thread");
}

function body(channel, one) {
  const content = one.blocks.length
    ? blocks(inMessage(channel.id, one), one.blocks)
    : one.text && h("div", { class: "block-text" }, mrkdwn(one.text));
  return h("div", { class: "message-content" }, content, underMessage(one.files));
}

function summary(channel, one) {
  const all = repliesTo(channel.id, one.ts);
  const replies = all.filter((each) => !each.ephemeral);
  if (!replies.length) return all.length > 0 && onlyYours(one, all.length);
  const people = [...new Set(replies.map((each) => each.user))].slice(0, 4);
  return h(
    "button",
    { type: "button", class: "replies", on: { click: () => openThread(one.ts) } },
    people.map((id) => avatar(id, "avatar is-tiny")),
    h("span", { class: "count" }, counted(replies.length)),
    h("span", { class: "last" }, "Last reply ", clock(replies.at(-1).ts)),
  );
}

// Slack shows such a reply in an open thread alone; here nobody could find it after a switch.
function onlyYours(one, count) {
  const open = { click: () => openThread(one.ts) };
  return h("button", { type: "button", class: "replies", on: open }, h("span", { class: "count" }, `👁 ${counted(count)}, only visible to you`));
}

function counted(count) {
  return count === 1 ? "1 reply" : `${count} replies`;
}

function tools(channel, one, isInThread) {
  const shortcuts = seen.app.shortcuts.filter((each) => each.type === "message");
  const key = menuKey(one, isInThread);
  const reply = {
    type: "button",
    title: "Reply in thread",
    "aria-label": "Reply in thread",
    on: { click: () => openThread(one.thread_ts ?? one.ts) },
  };
  const place = { channel: channel.id, ts: one.ts };
  const items = shortcuts.map(({ name, callback_id }) => ({
    words: name,
    more: seen.app.name,
    run: async () => tell(await gesture("message_shortcut", { callback_id, ...place })),
  }));
  return h(
    "div",
    { class: page.menu === key ? "tools is-open" : "tools" },
    !isInThread && h("button", reply, "💬"),
    menuButton({ key, label: "More actions", title: "More actions", face: "⋮", items }),
  );
}

function menuKey(one, isInThread) {
  return `message-${one.ts}-${isInThread}`;
}

function openThread(ts) {
  page.thread = ts;
  const all = seen.messages[channelHere()?.id] ?? [];
  const root = all.find((one) => one.ts === ts);
  if (root) openedThread(root, all.filter((one) => isReply(one) && one.thread_ts === ts));
  redraw();
  setTimeout(() => document.querySelector("[data-testid=thread] textarea")?.focus());
}

export function thread(channel) {
  const root = page.thread && (seen.messages[channel?.id] ?? []).find((one) => one.ts === page.thread);
  if (!root) return null;
  const replies = repliesTo(channel.id, root.ts);
  const close = () => {
    page.thread = null;
    redraw();
  };
  const count = replies.filter((one) => !one.ephemeral).length;
  const list = {
    class: "messages",
    role: "log",
    tabindex: "0",
    "aria-label": "Messages in the thread",
    "data-list": root.ts,
    key: root.ts,
  };
  return h(
    "aside",
    { class: "thread", "aria-label": "Thread", "data-testid": "thread" },
    threadHead(channel, close),
    h(
      "div",
      list,
      message(channel, root, { isInThread: true }),
      count > 0 && h("div", { class: "reply-count" }, h("span", {}, counted(count))),
      replies.map((one) => message(channel, one, { isInThread: true })),
    ),
    composer(channel, root.ts),
  );
}

function threadHead(channel, close) {
  const cross = { type: "button", class: "cross", "aria-label": "Close thread", on: { click: close } };
  const place = channel.kind === "im" ? seen.app.name : `# ${channel.name}`;
  return h(
    "header",
    { class: "pane-head" },
    h("div", {}, h("h2", {}, "Thread"), h("small", {}, place)),
    h("button", cross, "×"),
  );
}
