// Slack's own markup to elements. What it can't read stays the text it was.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { channelName, channelOf, personOf, seen } from "./store.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const SAFE = /^(https?:|mailto:|tel:)/i;
const BARE = /\bhttps?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"]/;
const STYLES = { "*": "strong", _: "em", "~": "s" };

export function plain(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (one) => ENTITIES[one]);
}

// `verbatim` says that bare addresses are not made links.
export function mrkdwn(text, { verbatim = false } = {}) {
  return text.split(/```\n?([\s\S]*?)\n?```/).flatMap((part, i) => {
    if (i % 2) return h("pre", {}, plain(part));
    return part ? paragraphs(part.replace(i ? /^\n/ : /^$/, ""), verbatim) : [];
  });
}

function paragraphs(text, verbatim) {
  const found = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const last = found.at(-1);
    if (last && last.isQuote === Boolean(quoted)) last.lines.push(quoted ? quoted[1] : line);
    else found.push({ isQuote: Boolean(quoted), lines: [quoted ? quoted[1] : line] });
  }
  return found.flatMap(({ isQuote, lines }) => {
    const inside = lines.flatMap((line, i) => [i ? h("br") : null, inline(line, verbatim)]);
    return isQuote ? h("blockquote", {}, inside) : inside;
  });
}

function inline(text, verbatim) {
  const parts = [];
  let rest = text;
  while (rest) {
    const found = first(rest, parts.length === 0 ? "" : text.at(text.length - rest.length - 1), verbatim);
    if (!found) break;
    if (found.at) parts.push(words(rest.slice(0, found.at)));
    parts.push(found.node);
    rest = rest.slice(found.end);
  }
  if (rest) parts.push(words(rest));
  return parts;
}

function words(text) {
  return withEmoji(plain(text));
}

// The first piece of markup in a line: where it is, where it ends, what it becomes.
function first(text, before, verbatim) {
  const rules = [code, bracket, style, ...(verbatim ? [] : [bare])];
  return rules
    .map((rule) => rule(text, before, verbatim))
    .filter(Boolean)
    .sort((a, b) => a.at - b.at)[0];
}

function code(text) {
  const found = /`([^`\n]+)`/.exec(text);
  return found && piece(found, h("code", {}, plain(found[1])));
}

function bracket(text) {
  const found = /<([^<>\n]+)>/.exec(text);
  return found && piece(found, reference(found[1]));
}

function bare(text) {
  const found = BARE.exec(text);
  return found && piece(found, link(plain(found[0]), found[0]));
}

// A mark opens after a gap and before a word, and closes after a word and before a gap: so
// 2*3*4 and some_long_name stay as they are.
function style(text, before, verbatim) {
  for (const { index } of text.matchAll(/[*_~]/g)) {
    const mark = text[index];
    const previous = index ? text[index - 1] : before;
    const next = text[index + 1] ?? "";
    if (isWord(previous) || [previous, next].includes(mark) || !/\S/.test(next)) continue;
    const end = closing(text, mark, index + 1);
    if (end < 0) continue;
    const inside = inline(text.slice(index + 1, end), verbatim);
    return { at: index, end: end + 1, node: h(STYLES[mark], {}, inside) };
  }
  return null;
}

function closing(text, mark, from) {
  for (let at = text.indexOf(mark, from + 1); at > 0; at = text.indexOf(mark, at + 1)) {
    if (!/\s/.test(text[at - 1]) && !isWord(text[at + 1] ?? "")) return at;
  }
  return -1;
}

function isWord(character) {
  return /[\p{L}\p{N}]/u.test(character ?? "");
}

function piece(found, node) {
  return { at: found.index, end: found.index + found[0].length, node };
}

function reference(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : plain(inside.slice(bar + 1));
  if (target.startsWith("@")) return person(target.slice(1), label);
  if (target.startsWith("#")) return channel(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return SAFE.test(target) ? link(plain(target), label || target) : `<${plain(inside)}>`;
}

export function person(id, label = "") {
  const name = seen.people[id] ? personOf(id).name : label || id;
  return h("span", { class: id === seen.me ? "mention is-me" : "mention" }, `@${name}`);
}

export function channel(id, label = "") {
  const known = channelOf(id);
  return h("span", { class: "mention" }, known ? `#${channelName(known)}` : label ? `#${label}` : "🔒 private channel");
}

export function group(id, label = "") {
  return h("span", { class: "mention" }, `@${seen.groups[id] ?? (label.replace(/^@/, "") || id)}`);
}

function special(command, label) {
  const [name, ...rest] = command.split("^");
  if (name === "subteam") return group(rest[0], label);
  if (name === "date") return date(rest, label);
  return h("span", { class: "mention" }, `@${label.replace(/^@/, "") || name}`);
}

export function link(url, label) {
  const shown = withEmoji(plain(label || url).replace(/^(mailto|tel):/, ""));
  if (!SAFE.test(url)) return shown;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
};
const TIMES = {
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

function date([stamp, form = "", url], fallback) {
  const moment = new Date(Number(stamp) * 1000);
  if (!/^\d+$/.test(stamp) || Number.isNaN(moment.getTime())) return fallback;
  const text = form.replace(/\{(\w+)\}/g, (token, name) => dated(moment, name) ?? token);
  return url ? link(url, text) : h("time", { datetime: moment.toISOString(), title: fallback }, text);
}

function dated(moment, name) {
  const near = name.endsWith("_pretty") ? nearby(moment) : null;
  if (near) return near;
  const base = name.replace(/_pretty$/, "");
  if (TIMES[base]) return moment.toLocaleTimeString("en", TIMES[base]);
  if (DATES[base]) return moment.toLocaleDateString("en", DATES[base]);
  return name === "ago" ? ago(moment) : null;
}

export function nearby(moment) {
  const day = (one) => new Date(one.getFullYear(), one.getMonth(), one.getDate()).getTime();
  const days = Math.round((day(moment) - day(new Date())) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ago(moment) {
  const minutes = Math.round((moment - Date.now()) / 60_000);
  return new Intl.RelativeTimeFormat("en").format(minutes, "minute");
}
