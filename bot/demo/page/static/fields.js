// The elements in which a person types or chooses.

import { combobox } from "./combobox.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { fileInput } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { redraw } from "./store.js";
import { changed, submit } from "./where.js";

const PAUSE = 300;
const FEW = 30;
let pausing = 0;

const TEXTS = {
  plain_text_input: { type: "text" },
  number_input: { type: "text", inputmode: "decimal" },
  email_text_input: { type: "text", inputmode: "email" },
  url_text_input: { type: "text", inputmode: "url" },
  rich_text_input: { type: "text" },
};

// `attributes` carry the id that the label names, and what the errors need.
export function field(where, block, element, attributes) {
  if (TEXTS[element.type]) return typed(where, block, element, attributes);
  switch (element.type) {
    case "static_select":
      return select(where, block, element, attributes);
    case "checkboxes":
    case "radio_buttons":
      return boxes(where, block, element, attributes);
    case "datepicker":
      return moment(where, block, element, { ...attributes, type: "date" });
    case "timepicker":
      return moment(where, block, element, { ...attributes, type: "time" });
    case "datetimepicker":
      return moment(where, block, element, { ...attributes, type: "datetime-local" });
    case "file_input":
      return fileInput(where, block, element, attributes);
    default:
      return combobox(where, block, element, attributes);
  }
}

function typed(where, block, element, attributes) {
  const isLong = element.multiline || element.type === "rich_text_input";
  const { view } = where;
  const value = where.value(block, element) ?? "";
  const dispatches = view && (block.type !== "input" || block.dispatch_action);
  const moments = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const put = (isDone) => (event) =>
    view && changed(view, block, element, event.target.value, { isDone });
  const on = {
    input: (event) => {
      where.note(block, element, event.target.value);
      redraw();
      if (!dispatches || !moments.includes("on_character_entered")) return;
      clearTimeout(pausing);
      pausing = setTimeout(put(true), PAUSE, { target: event.target });
    },
    change: put(false),
    keydown: (event) => {
      if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
      const isSent = event.ctrlKey || event.metaKey;
      if (isLong && !isSent) return;
      event.preventDefault();
      event.stopPropagation();
      if (!isSent && dispatches && moments.includes("on_enter_pressed")) put(true)(event);
      else if (view) submit(view);
    },
  };
  const shared = { ...attributes, placeholder: element.placeholder?.text, value, on };
  const left = (element.max_length ?? 3000) - value.length;
  return [
    isLong
      ? h("textarea", { ...shared, rows: "3" })
      : h("input", { ...shared, ...TEXTS[element.type], autocomplete: "off", spellcheck: "false" }),
    left <= FEW && h("span", { class: left < 0 ? "left is-over" : "left", "aria-hidden": "true" }, left),
  ];
}

function select(where, block, element, attributes) {
  const groups = element.option_groups ?? [];
  const all = [...(element.options ?? []), ...groups.flatMap((one) => one.options)];
  const value = where.value(block, element);
  const change = (event) =>
    where.change(block, element, all.find((one) => one.value === event.target.value) ?? null);
  const option = (one) => h("option", { value: one.value }, withEmoji(one.text.text));
  return h(
    "select",
    { ...attributes, value: value?.value ?? "", on: { change } },
    h("option", { value: "" }, element.placeholder?.text ?? "Choose an option"),
    (element.options ?? []).map(option),
    groups.map((one) => h("optgroup", { label: one.label.text }, one.options.map(option))),
  );
}

function boxes(where, block, element, attributes) {
  const isMany = element.type === "checkboxes";
  const value = where.value(block, element);
  const chosen = (isMany ? value ?? [] : value ? [value] : []).map((one) => one.value);
  const toggle = (option) => () => {
    if (!isMany) return where.change(block, element, option);
    const kept = chosen.includes(option.value)
      ? chosen.filter((one) => one !== option.value)
      : [...chosen, option.value];
    return where.change(block, element, element.options.filter((one) => kept.includes(one.value)));
  };
  return h(
    "div",
    { class: "boxes" },
    element.options.map((option, i) =>
      h(
        "label",
        { class: "box" },
        h("input", {
          type: isMany ? "checkbox" : "radio",
          id: i ? null : attributes.id,
          name: attributes.id,
          checked: chosen.includes(option.value),
          "aria-invalid": attributes["aria-invalid"],
          "aria-describedby": attributes["aria-describedby"],
          on: { change: toggle(option) },
        }),
        h("span", {}, words(option.text), option.description && h("small", {}, words(option.description))),
      ),
    ),
  );
}

export function words(text) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, text) : withEmoji(text.text);
}

function moment(where, block, element, attributes) {
  const isBoth = attributes.type === "datetime-local";
  const value = where.value(block, element);
  const stamp = (given) => (isBoth && given ? Math.floor(new Date(given).getTime() / 1000) : given) || null;
  const put = ({ value: given }) => isWhole(given) && where.change(block, element, stamp(given));
  const input = (event) => {
    where.note(block, element, stamp(event.target.value));
    clearTimeout(pausing);
    pausing = setTimeout(put, PAUSE, event.target);
  };
  const shown = isBoth && value ? local(value) : value ?? "";
  return h("input", { ...attributes, class: "moment", value: shown, on: { input } });
}

// Whoever types a year passes through 0002, 0020 and 0202.
function isWhole(given) {
  return !/^0\d{3}-/.test(given);
}

function local(stamp) {
  const date = new Date(stamp * 1000);
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
