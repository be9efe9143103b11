// Block Kit to elements.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { field, words } from "./fields.js";
import { menuButton } from "./menus.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

const SIGNS = { info: "ℹ️", warning: "⚠️", error: "⛔", success: "✅" };
const BLOCKS = {
  section,
  alert,
  header: (_, block) => h("h3", { class: "block-header" }, words(block.text)),
  context: (_, block) => h("div", { class: "block-context" }, block.elements.map(small)),
  divider: () => h("hr", { class: "block-divider" }),
  actions: (where, block) =>
    h("div", { class: "block-actions" }, block.elements.map((one) => element(where, block, one))),
  input,
  image,
  rich_text: (_, block) => richText(block),
  markdown: (_, block) => h("div", { class: "block-text" }, mrkdwn(block.text)),
  table,
  data_table: dataTable,
};

export function blocks(where, all) {
  return all.map((block) => {
    const made = BLOCKS[block.type]?.(where, block) ?? unknown(block);
    made.made.key = `${block.block_id}/${block.type}/${block.element?.type ?? ""}`;
    made.setAttribute("data-block-id", block.block_id);
    return made;
  });
}

function unknown(block) {
  return h("p", { class: "block-unknown" }, `This page does not draw blocks of the type ${block.type}.`);
}

function section(where, block) {
  return h(
    "div",
    { class: "block-section" },
    h(
      "div",
      { class: "block-text" },
      block.text && h("div", {}, words(block.text)),
      block.fields && h("div", { class: "block-fields" }, block.fields.map((one) => h("div", {}, words(one)))),
    ),
    block.accessory && h("div", { class: "accessory" }, element(where, block, block.accessory)),
  );
}

function alert(_, block) {
  const level = block.level ?? "default";
  const sign = SIGNS[level] && h("span", { "aria-hidden": "true" }, SIGNS[level]);
  return h("div", { class: `block-alert is-${level}`, role: "note" }, sign, h("div", {}, words(block.text)));
}

function small(one) {
  return one.type === "image" ? picture(one, "context-image") : h("span", {}, words(one));
}

// A picture from elsewhere is not fetched: the page loads nothing but itself.
function picture(one, css) {
  const isHere = /^(\/|data:)/.test(one.image_url ?? "");
  if (isHere) return h("img", { class: css, src: one.image_url, alt: one.alt_text });
  return h("span", { class: `${css} no-picture`, role: "img", "aria-label": one.alt_text }, `🖼 ${one.alt_text}`);
}

function image(_, block) {
  return h(
    "figure",
    { class: "block-image" },
    block.title && h("figcaption", {}, withEmoji(block.title.text)),
    picture(block, "picture"),
  );
}

function element(where, block, one) {
  if (one.type === "image") return picture(one, "picture");
  if (one.type === "button") return button(where, block, one);
  if (one.type === "overflow") return overflow(where, block, one);
  const label = one.placeholder?.text ?? block.text?.text ?? one.type.replaceAll("_", " ");
  const attributes = { id: idOf(where, block, one), "aria-label": label };
  return h("div", { class: "field-inline", key: one.action_id }, field(where, block, one, attributes));
}

function button(where, block, one) {
  const css = `button ${one.style ? `is-${one.style}` : ""}`.trim();
  const shared = { class: css, "aria-label": one.accessibility_label, key: one.action_id };
  const on = { click: () => where.press(block, one) };
  const face = withEmoji(one.text.text);
  if (!/^https?:/i.test(one.url ?? "")) return h("button", { ...shared, type: "button", on }, face);
  return h("a", { ...shared, href: one.url, target: "_blank", rel: "noopener noreferrer", on }, face);
}

function overflow(where, block, one) {
  return menuButton({
    key: `${where.key}/${block.block_id}/${one.action_id}`,
    label: "More options",
    css: "button",
    face: "⋯",
    items: one.options.map((option) => ({
      words: withEmoji(option.text.text),
      more: option.description?.text,
      run: () => where.press(block, one, option.value),
    })),
  });
}

function idOf(where, block, one) {
  return `${where.key}-${block.block_id}-${one.action_id}`.replace(/\s/g, "_");
}

function input(where, block) {
  const one = block.element;
  const id = idOf(where, block, one);
  const error = where.view?.errors[block.block_id];
  const isGroup = ["checkboxes", "radio_buttons"].includes(one.type);
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const attributes = {
    id,
    "aria-invalid": error ? "true" : null,
    "aria-describedby": described || null,
    "aria-required": block.optional ? null : "true",
    "data-focus": one.focus_on_load ? "yes" : null,
  };
  const label = [
    h("span", {}, withEmoji(block.label.text)),
    block.optional && h("span", { class: "optional" }, " (optional)"),
  ];
  return h(
    isGroup ? "fieldset" : "div",
    { class: error ? "field is-wrong" : "field" },
    isGroup ? h("legend", {}, label) : h("label", { for: id }, label),
    field(where, block, one, attributes),
    error && h("p", { class: "field-error", id: `${id}-error`, "data-testid": "field-error", role: "alert" }, withEmoji(error)),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, withEmoji(block.hint.text)),
  );
}
