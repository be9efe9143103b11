// Tables in messages: a plain one, and one with a caption, a header and pages.

import { h } from "./dom.js";
import { richText } from "./richtext.js";
import { page, redraw } from "./store.js";

const ON_A_PAGE = 5;

function cell(one) {
  return one.type === "rich_text" ? richText(one) : one.text ?? "";
}

export function table(_, block) {
  return h(
    "table",
    { class: "block-table" },
    h("tbody", {}, block.rows.map((row) => h("tr", {}, row.map((one) => h("td", {}, cell(one)))))),
  );
}

export function dataTable(where, block) {
  const [header, ...rows] = block.rows;
  const size = block.page_size ?? ON_A_PAGE;
  const key = `${where.key}/${block.block_id}`;
  const last = Math.floor((rows.length - 1) / size);
  const at = Math.min(page.pages.get(key) ?? 0, last);
  const shown = rows.slice(at * size, (at + 1) * size);
  return h(
    "div",
    { class: "data-table" },
    h(
      "table",
      { class: "block-table" },
      h("caption", {}, block.caption),
      h("thead", {}, h("tr", {}, header.map((one) => h("th", { scope: "col", class: css(one) }, cell(one))))),
      h("tbody", {}, shown.map((row) => body(row, block.row_header_column_index ?? 0))),
    ),
    last > 0 && pager({ key, at, last, from: at * size + 1, to: at * size + shown.length, of: rows.length }),
  );
}

function body(row, head) {
  const made = (one, i) =>
    i === head
      ? h("th", { scope: "row", class: css(one) }, cell(one))
      : h("td", { class: css(one) }, cell(one));
  return h("tr", {}, row.map(made));
}

function css(one) {
  return one.type === "raw_number" ? "is-number" : null;
}

function pager({ key, at, last, from, to, of }) {
  const turn = (by) => () => {
    page.pages.set(key, at + by);
    redraw();
  };
  const button = (words, by, disabled) =>
    h("button", { type: "button", class: "button", disabled, on: { click: turn(by) } }, words);
  return h(
    "div",
    { class: "pager" },
    button("Previous rows", -1, at === 0),
    h("span", {}, `${from} to ${to} of ${of}`),
    button("Next rows", 1, at === last),
  );
}
