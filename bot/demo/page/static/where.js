// Where a block stands: in a message or in a view. Both know the value of a field and what to do
// when it changes or is pressed.

import { uploaded } from "./files.js";
import { gesture, page, redraw, seen, tell } from "./store.js";

export const KEYS = {
  plain_text_input: "value",
  number_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  rich_text_input: "rich_text_value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  checkboxes: "selected_options",
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
  file_input: "files",
};
const TYPED = new Set([
  "plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input",
  "datepicker", "timepicker", "datetimepicker",
]);

export function isTyped(element) {
  return TYPED.has(element.type);
}

// Asks first where the bot wants it so.
function confirmed(element, act) {
  if (!element.confirm) return act();
  page.confirm = { ...element.confirm, act };
  redraw();
  return null;
}

export function inMessage(channel, message) {
  const act = (element, value) => async () =>
    tell(await gesture("click", { channel, ts: message.ts, action_id: element.action_id, value }));
  return {
    key: `${channel}-${message.ts}`,
    view: null,
    value: (_block, element) => initial(element),
    press: (_block, element, value) => confirmed(element, act(element, value)),
    change: (_block, element, value) => confirmed(element, act(element, value)),
    note: () => {},
  };
}

// Menus in messages forget what was picked: the page shows what the bot put there.
function initial(element) {
  const name = KEYS[element.type]?.replace("selected", "initial");
  return element[name] ?? element.initial_value ?? null;
}

export function inView(view) {
  return {
    key: view.id,
    view,
    value: (block, element) => valueIn(view, block, element),
    press: (block, element, value) => confirmed(element, () => pressed(view, block, element, value)),
    change: (block, element, value) => changed(view, block, element, value),
    note: (block, element, value) => {
      page.drafts.set(draftKey(view, block, element), { value, hash: view.hash });
    },
  };
}

function draftKey(view, block, element) {
  return [view.id, block.block_id, element.action_id, element.type].join("/");
}

function held(view, block, element) {
  const state = view.values[block.block_id]?.[element.action_id];
  const value = state?.[KEYS[element.type]] ?? null;
  return element.type === "rich_text_input" ? richWords(value) : value;
}

function richWords(value) {
  if (value === null || typeof value === "string") return value;
  return value.elements.flatMap((part) => part.elements ?? []).map((one) => one.text ?? "").join("");
}

// A draft is what was typed or picked and the server may not know yet. Typed text stays as long as
// its field; a choice gives way once the server has it, or once the bot has changed the view.
function valueIn(view, block, element) {
  const key = draftKey(view, block, element);
  const draft = page.drafts.get(key);
  const there = held(view, block, element);
  if (!draft) return there;
  const isOld = draft.hash !== view.hash || JSON.stringify(draft.value) === JSON.stringify(there);
  if (isOld && !isTyped(element)) page.drafts.delete(key);
  else return draft.value;
  return there;
}

export function elementsOf(block) {
  const several = block.type === "actions" ? block.elements : [];
  return [block.element, block.accessory, ...several].filter((one) => one && KEYS[one.type]);
}

// Everything that stands in the fields and that the server may not know yet.
export function typedIn(view) {
  return view.blocks.flatMap((block) =>
    elementsOf(block)
      .filter((element) => page.drafts.has(draftKey(view, block, element)))
      .map((element) => ({
        block_id: block.block_id,
        action_id: element.action_id,
        value: valueIn(view, block, element),
      })),
  );
}

// What was typed goes with its field, should the bot bring one of the same name later.
export function forgetDrafts(views) {
  const open = new Set(views.flatMap((view) => [busyKey(view), ...draftKeys(view)]));
  for (const key of page.drafts.keys()) {
    if (key.startsWith("V0") && !open.has(key)) page.drafts.delete(key);
  }
}

function draftKeys(view) {
  return view.blocks.flatMap((block) => elementsOf(block).map((one) => draftKey(view, block, one)));
}

function busyKey(view) {
  return `${view.id}/busy`;
}

async function pressed(view, block, element, value) {
  const ids = { view_id: view.id, block_id: block.block_id, action_id: element.action_id };
  tell(await gesture("click_in_view", { ...ids, value, typed: typedIn(view) }));
}

// `isDone` is false while a text is only put down, not yet entered.
export async function changed(view, block, element, value, { isDone = true } = {}) {
  // An element that goes away with its view says that it has changed.
  if (![...seen.modals, seen.home].some((one) => one?.id === view.id)) return;
  page.drafts.set(draftKey(view, block, element), { value, hash: view.hash });
  redraw();
  const ids = { view_id: view.id, block_id: block.block_id, action_id: element.action_id };
  const typed = isDone ? typedIn(view) : [];
  tell(await gesture("fill", { ...ids, value, quiet: !isDone, typed }, { isQuiet: !isDone }));
}

export async function submit(view) {
  if (!view.submit) return;
  const key = busyKey(view);
  page.drafts.set(key, true);
  redraw();
  await uploaded();
  await gesture("submit", { view_id: view.id, typed: typedIn(view) }, { isQuiet: true });
  page.drafts.delete(key);
  redraw();
}

export function isBusy(view) {
  return page.drafts.has(busyKey(view));
}

export function close(view, everything = false) {
  return gesture("close", { view_id: view.id, everything }, { isQuiet: true });
}
