// The one type-ahead menu: options of the bot, people, conversations; one of them or several.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { channelName, channelOf, gesture, page, personOf, redraw, seen } from "./store.js";
import { typedIn } from "./where.js";

const MOST = 100;

export function combobox(where, block, element, attributes) {
  const id = attributes.id;
  const isMany = element.type.startsWith("multi_");
  const value = where.value(block, element);
  const chosen = (isMany ? value ?? [] : value ? [value] : []).map((one) => entry(element, one));
  const combo = page.combos.get(id);
  const field = { id, where, block, element, isMany, chosen };
  return h(
    "div",
    { class: "combo", on: { focusout: (event) => left(event, id) } },
    isMany && chosen.map((one) => chip(field, one)),
    h("input", {
      ...attributes,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": String(Boolean(combo)),
      "aria-controls": `${id}-list`,
      "aria-activedescendant": combo ? `${id}-${combo.active}` : null,
      placeholder: (isMany ? null : chosen[0]?.words) ?? element.placeholder?.text ?? "Choose…",
      value: combo ? combo.text : isMany ? "" : chosen[0]?.words ?? "",
      on: {
        focus: (event) => {
          event.target.select();
        },
        click: () => search(field, ""),
        input: (event) => search(field, event.target.value),
        keydown: (event) => keyed(event, field),
      },
    }),
    combo && list(field, combo),
  );
}

function entry(element, value) {
  if (typeof value === "object") {
    return { value, words: withEmoji(value.text.text), more: value.description?.text };
  }
  if (element.type.includes("users")) {
    const person = personOf(value);
    return { value, words: person.real_name, more: `@${person.name}` };
  }
  const channel = channelOf(value);
  const name = channelName(channel) || value;
  return { value, words: channel?.kind === "im" ? name : `# ${name}` };
}

function chip(field, one) {
  const rest = field.chosen.filter((other) => other !== one).map((other) => other.value);
  const remove = () => field.where.change(field.block, field.element, rest);
  return h(
    "span",
    { class: "chip" },
    one.words,
    h("button", { type: "button", "aria-label": `Remove ${one.words}`, on: { click: remove } }, "×"),
  );
}

function list(field, combo) {
  return h(
    "ul",
    { class: "combo-list", role: "listbox", id: `${field.id}-list`, "aria-busy": combo.isAsking ? "true" : "false" },
    combo.options.map((one, i) =>
      h(
        "li",
        {
          id: `${field.id}-${i}`,
          role: "option",
          "aria-selected": String(i === combo.active),
          // Before the input loses the focus, which would close the list.
          on: { pointerdown: (event) => (event.preventDefault(), pick(field, one)) },
        },
        h("span", {}, one.words),
        one.more && h("small", {}, one.more),
      ),
    ),
    combo.words && h("li", { class: "combo-words", role: "presentation" }, combo.words),
  );
}

async function search(field, text) {
  const before = page.combos.get(field.id);
  const turn = (before?.turn ?? 0) + 1;
  const combo = { text, turn, options: before?.options ?? [], active: 0, words: "", isAsking: true };
  page.combos.set(field.id, combo);
  redraw();
  const { options, words } = await found(field, text);
  // Answers may overtake each other: only the last question counts.
  if (page.combos.get(field.id)?.turn !== turn) return;
  Object.assign(combo, { options: options.slice(0, MOST), words, isAsking: false });
  redraw();
  setTimeout(() => document.getElementById(`${field.id}-list`)?.scrollIntoView({ block: "nearest" }));
}

async function found(field, text) {
  const { element, isMany, chosen } = field;
  let options;
  if (element.type.endsWith("external_select")) {
    const least = element.min_query_length ?? 3;
    if (text.length < least) return { options: [], words: `Type at least ${least} characters.` };
    const answer = await asked(field, text);
    if (!answer) return { options: [], words: "The app gave no options." };
    options = answer.options.map((one) => entry(element, one));
  } else {
    options = known(element).filter((one) => matches(one, text));
  }
  const taken = new Set(chosen.map((one) => JSON.stringify(one.value)));
  if (isMany) options = options.filter((one) => !taken.has(JSON.stringify(one.value)));
  return { options, words: options.length ? "" : "Nothing found." };
}

function asked({ where, block, element }, text) {
  const ids = { view_id: where.view?.id, block_id: block.block_id, action_id: element.action_id };
  return gesture("suggest", { ...ids, text, typed: where.view ? typedIn(where.view) : [] }, { isQuiet: true });
}

function matches(one, text) {
  return `${one.words} ${one.more ?? ""}`.toLowerCase().includes(text.trim().toLowerCase());
}

function known(element) {
  if (element.type.includes("users")) {
    const people = Object.values(seen.people).filter((one) => !one.deleted);
    return people.map((one) => entry(element, one.id));
  }
  if (element.type.includes("static")) {
    const groups = (element.option_groups ?? []).flatMap((one) => one.options);
    return [...(element.options ?? []), ...groups].map((one) => entry(element, one));
  }
  const kinds = element.filter?.include ?? ["public", "private", "im", "mpim"];
  const isOutside = (one) => one.shared && element.filter?.exclude_external_shared_channels;
  const isPublic = (one) => element.type.includes("conversations") || one.kind === "public";
  return seen.channels
    .filter((one) => kinds.includes(one.kind) && isPublic(one) && !isOutside(one))
    .map((one) => entry(element, one.id));
}

function pick(field, one) {
  page.combos.delete(field.id);
  const value = field.isMany ? [...field.chosen.map((each) => each.value), one.value] : one.value;
  field.where.change(field.block, field.element, value);
  redraw();
}

function keyed(event, field) {
  const combo = page.combos.get(field.id);
  if (event.key === "ArrowDown" && !combo) search(field, "");
  else if (event.key === "ArrowDown") combo.active = Math.min(combo.active + 1, combo.options.length - 1);
  else if (event.key === "ArrowUp" && combo) combo.active = Math.max(combo.active - 1, 0);
  // Until the answer is there the list is that of the letters before.
  else if (event.key === "Enter" && !combo?.isAsking && combo?.options[combo.active]) pick(field, combo.options[combo.active]);
  else if (event.key === "Escape" && combo) page.combos.delete(field.id);
  else if (event.key === "Backspace" && !event.target.value) return removeLast(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
  redraw();
}

function removeLast({ where, block, element, isMany, chosen }) {
  if (isMany && chosen.length) where.change(block, element, chosen.slice(0, -1).map((one) => one.value));
}

function left(event, id) {
  if (event.currentTarget.contains(event.relatedTarget)) return;
  const combo = page.combos.get(id);
  if (!combo) return;
  page.combos.delete(id);
  redraw();
}
