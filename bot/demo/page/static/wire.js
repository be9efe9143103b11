// The panel that shows what goes over the wire: between Slack and the bot, and to Atom.

import { h } from "./dom.js";
import { page, redraw, seen, toast } from "./store.js";

const DIRECTIONS = { to_bot: "Slack → bot", from_bot: "bot → Slack", to_atom: "bot → Atom" };

export function wire() {
  if (!page.wire.isOpen) return null;
  const rows = [...seen.wire].reverse();
  return h(
    "div",
    { class: "panel", "data-testid": "panel" },
    h(
      "div",
      { class: "panel-list", tabindex: "0" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ["Time", "Direction", "What", "Status", "ms"].map((one) => h("th", { scope: "col" }, one)))),
        h("tbody", {}, rows.map(row)),
      ),
    ),
    h("div", { class: "panel-whole", tabindex: "0" }, whole()),
  );
}

function row(one) {
  const css = [one.ok ? "" : "is-bad", page.wire.chosen === one.n ? "is-chosen" : ""].join(" ").trim();
  const time = new Date(one.at * 1000).toLocaleTimeString("en", { hour12: false });
  return h(
    "tr",
    { class: css, key: one.n, "data-kind": one.kind, on: { click: () => choose(one.n) } },
    h("td", {}, time),
    h("td", { class: one.direction }, DIRECTIONS[one.direction]),
    h("td", {}, h("button", { type: "button", class: "link", "aria-pressed": String(page.wire.chosen === one.n) }, one.kind)),
    h("td", {}, one.status ?? "none"),
    h("td", { class: "number" }, one.ms),
  );
}

async function choose(n) {
  page.wire.chosen = n;
  redraw();
  try {
    page.wire.whole = await (await fetch(`/ui/wire/${n}`)).json();
  } catch {
    toast("The stand-in does not answer.");
  }
  redraw();
}

function whole() {
  const { whole: both } = page.wire;
  if (!both) return h("p", { class: "nothing" }, "Choose a line to see the request and its answer. Secrets are masked.");
  return [h("h3", {}, "Request"), json(both.request), h("h3", {}, "Answer"), json(both.answer)];
}

function json(value) {
  return h("pre", {}, typeof value === "string" ? value || "(empty)" : JSON.stringify(value, null, 2));
}
