// The box in which messages and commands are written.

import { h } from "./dom.js";
import { attach, attachButton, attached, attachedChips, uploaded } from "./files.js";
import { menuButton } from "./menus.js";
import { channelName, gesture, page, redraw, seen, tell } from "./store.js";

const INVITE = { command: "/invite", description: "Add this app to the channel", usage_hint: "@app", source: "Slack" };

export function composer(channel, thread = null) {
  if (channel.archived) return bar("This channel is archived.");
  if (!channel.is_member) return bar(`You are looking at #${channel.name}. You have not joined it.`);
  const key = `composer/${channel.id}/${thread ?? ""}`;
  const text = page.drafts.get(key) ?? "";
  const here = { key, channel, thread, text, found: suggestions(channel, text) };
  const testId = thread ? "thread-composer" : "composer";
  return h(
    "div",
    { class: "composer", "data-testid": testId, key },
    suggested(here),
    h("div", { class: "composer-box", key: "box" }, input(here), attachedChips(key), foot(here)),
  );
}

function input(here) {
  const { key, channel, thread, text, found } = here;
  const place = channel.kind === "im" ? seen.app.name : `#${channelName(channel)}`;
  const hasList = found.options.length > 0;
  return h("textarea", {
    rows: String(Math.min(8, text.split("\n").length)),
    "aria-label": thread ? "Reply in thread" : `Message ${place}`,
    placeholder: thread ? "Reply…" : `Message ${place}`,
    value: text,
    "aria-autocomplete": "list",
    "aria-controls": hasList ? `${key}-list` : null,
    "aria-activedescendant": hasList ? `${key}-${active(here)}` : null,
    on: {
      input: (event) => write(here, event.target.value),
      keydown: (event) => keyed(event, here),
    },
  });
}

function foot(here) {
  const { key, channel, thread, text } = here;
  const button = {
    type: "button",
    class: "send",
    "aria-label": "Send message",
    disabled: !text.trim() && !attached(key).length,
    on: { click: () => send(here) },
  };
  return h(
    "div",
    { class: "composer-foot" },
    attachButton(key),
    !thread && shortcuts(channel),
    h("span", { class: "composer-hint" }, hint(text, thread)),
    h("button", button, "➤"),
  );
}

function hint(text, thread) {
  return text || thread ? "Enter sends, Shift+Enter is a new line" : "Type / for commands";
}

function bar(words) {
  return h("div", { class: "composer is-bar" }, words);
}

function shortcuts(channel) {
  const items = seen.app.shortcuts.filter((one) => one.type === "global");
  return menuButton({
    key: "shortcuts",
    label: "Shortcuts",
    title: "Shortcuts",
    css: "lightning",
    face: "⚡",
    items: items.map((one) => ({
      words: one.name,
      more: `${one.description} · ${seen.app.name}`,
      run: async () =>
        tell(await gesture("global_shortcut", { callback_id: one.callback_id, channel: channel.id })),
    })),
  });
}

// While the command itself is typed: which there are. After it: what it takes.
function suggestions(channel, text) {
  if (!text.startsWith("/") || page.shut === text) return { options: [], hint: null };
  const [command] = text.split(/\s/);
  const ours = seen.app.commands.map((one) => ({ ...one, source: seen.app.name }));
  const all = channel.kind === "im" || channel.has_bot ? ours : [...ours, INVITE];
  if (text.length > command.length) {
    return { options: [], hint: all.find((one) => one.command === command) ?? null };
  }
  return { options: all.filter((one) => one.command.startsWith(command)), hint: null };
}

function active(here) {
  return Math.min(page.suggested ?? 0, here.found.options.length - 1);
}

function suggested(here) {
  const { options, hint } = here.found;
  if (hint) return h("div", { class: "suggestions is-hint", key: "hint", "data-testid": "usage-hint" }, command(hint));
  if (!options.length) return null;
  return h(
    "div",
    { class: "suggestions", key: "suggestions" },
    h("p", {}, "Commands"),
    h(
      "ul",
      { role: "listbox", id: `${here.key}-list`, "aria-label": "Commands", "data-testid": "suggestions" },
      options.map((one, i) =>
        h(
          "li",
          {
            role: "option",
            id: `${here.key}-${i}`,
            "aria-selected": String(i === active(here)),
            on: { pointerdown: (event) => (event.preventDefault(), complete(here, one)) },
          },
          command(one),
        ),
      ),
    ),
  );
}

function command(one) {
  return [
    h("span", { class: "command" }, h("b", {}, one.command), " ", h("span", { class: "usage" }, one.usage_hint)),
    h("small", {}, `${one.description} · ${one.source}`),
  ];
}

function write(here, text) {
  page.drafts.set(here.key, text);
  page.suggested = 0;
  page.shut = null;
  redraw();
}

function complete(here, one) {
  write(here, `${one.command} `);
}

function keyed(event, here) {
  if (event.isComposing) return;
  const { options } = here.found;
  const chosen = options[active(here)];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length) {
    page.suggested = (active(here) + step + options.length) % options.length;
    redraw();
  } else if (event.key === "Tab" && chosen && !event.shiftKey) {
    complete(here, chosen);
  } else if (event.key === "Escape" && (options.length || here.found.hint)) {
    page.shut = here.text;
    redraw();
  } else if (event.key === "Enter" && !event.shiftKey) {
    if (chosen && chosen.command !== here.text) complete(here, chosen);
    else send(here);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

async function send({ key, channel, thread }) {
  await uploaded();
  const text = (page.drafts.get(key) ?? "").trim();
  const files = attached(key);
  if (!text && !files.length) return;
  page.drafts.delete(key);
  const place = { channel: channel.id, thread_ts: thread };
  if (text.startsWith("/")) {
    redraw();
    kept(key, text, await gesture("command", { ...place, ...split(text) }));
    return;
  }
  attach(key, []);
  const done = await gesture("say", { ...place, text, files: files.map((one) => one.id) });
  kept(key, text, done);
  if (!done) attach(key, [...files, ...attached(key)]);
}

// What could not be said stands in the box again.
function kept(key, text, done) {
  if (!done && !page.drafts.get(key)) page.drafts.set(key, text);
  redraw();
}

function split(text) {
  const [, name, rest] = /^(\S+)\s*([\s\S]*)$/.exec(text);
  return { command: name, text: rest };
}
