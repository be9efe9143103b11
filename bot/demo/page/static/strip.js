// The lasting strip on top: that this is no Slack, how Atom behaves, the panel's switch.

import { h } from "./dom.js";
import { gesture, page, redraw, seen, toast } from "./store.js";
import { toggleTour } from "./tour.js";

const SECONDS = "atom-seconds";

export function strip() {
  return [
    h("strong", {}, "Local stand-in. This is not Slack."),
    !page.isConnected && h("span", { class: "lost", role: "alert" }, "The demo has ended. Start it again: make demo"),
    h("div", { class: "corner", role: "group", "aria-label": "Atom" }, atom()),
    seen.language && language(seen.language),
    seen.tour && tourButton(),
    h(
      "button",
      {
        type: "button",
        class: "strip-button",
        "data-testid": "panel-toggle",
        "aria-expanded": String(page.wire.isOpen),
        "aria-controls": "wire",
        on: { click: togglePanel },
      },
      page.wire.isOpen ? "Hide the wire" : "Show the wire",
    ),
  ];
}

function togglePanel() {
  page.wire.isOpen = !page.wire.isOpen;
  redraw();
}

function tourButton() {
  const attributes = { type: "button", class: "strip-button", "aria-expanded": String(page.tour.isOpen), "aria-controls": "tour" };
  const { done, steps } = seen.tour;
  return h("button", { ...attributes, on: { click: toggleTour } }, `Tour ${done.length}/${steps.length}`);
}

function language({ chosen, choices, is_starting: isStarting }) {
  const attributes = {
    "data-testid": "language",
    "aria-label": "Language of the bot in channels",
    "aria-busy": String(isStarting),
    title: "The bot starts anew; the workspace stays",
    value: chosen,
    disabled: isStarting,
    on: { change: (event) => gesture("language", { language: event.target.value }) },
  };
  return h(
    "label",
    {},
    h("span", { class: isStarting ? null : "label-words" }, isStarting ? "Starting… " : "Bot speaks "),
    h("select", attributes, Object.entries(choices).map(([name, words]) => h("option", { value: name, lang: name }, words))),
  );
}

function atom() {
  const { chosen, seconds, choices, taken } = seen.atom;
  const set = async (mode, after) => {
    const told = await gesture("atom", { mode, seconds: after });
    if (told?.pressed_by) toast(`The alert's button was pressed for ${told.pressed_by}: the bot tries the token now, not in a minute.`);
  };
  return [
    h(
      "label",
      {},
      "Atom ",
      h(
        "select",
        {
          "data-testid": "atom-mode",
          "data-chosen": chosen,
          "aria-label": "How Atom behaves",
          value: chosen,
          on: { change: (event) => set(event.target.value, seconds) },
        },
        Object.entries(choices).map(([name, words]) => h("option", { value: name }, words)),
      ),
    ),
    chosen === "slow" &&
      h(
        "label",
        {},
        h("input", {
          type: "number",
          min: "0",
          max: "60",
          step: "1",
          "aria-label": "Seconds that Atom takes",
          "data-testid": "atom-seconds",
          value: page.drafts.get(SECONDS) ?? String(seconds),
          on: {
            input: (event) => page.drafts.set(SECONDS, event.target.value),
            change: async (event) => {
              await set("slow", Number(event.target.value));
              page.drafts.delete(SECONDS);
            },
          },
        }),
        " s",
      ),
    h(
      "span",
      { class: "taken", "data-testid": "atom-taken", "data-taken": taken },
      `took ${taken === 1 ? "1 message" : `${taken} messages`}`,
    ),
  ];
}
