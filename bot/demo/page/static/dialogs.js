// Modals and confirm dialogs: drawing, focus, keys.

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { words } from "./fields.js";
import { avatar } from "./people.js";
import { closeMenu, page, redraw, seen } from "./store.js";
import { close, inView, isBusy, submit } from "./where.js";

let before = null; // what had the focus when the first dialog opened
let open = "";
let errors = "";

export function topModal() {
  return seen.modals.at(-1);
}

export function dialogs() {
  const view = topModal();
  return [view && modal(view), page.confirm && confirmation(page.confirm)];
}

function modal(view) {
  const title = `title-${view.id}`;
  const attributes = {
    class: "modal",
    role: "dialog",
    "aria-modal": "true",
    "aria-labelledby": title,
    "data-testid": "modal",
    "data-hash": view.hash,
    "data-view-id": view.id,
    on: { keydown: (event) => keyed(event, view) },
  };
  const trouble = { class: "trouble", role: "alert", "data-testid": "trouble" };
  const body = [view.trouble && h("p", trouble, view.trouble), blocks(inView(view), view.blocks)];
  return h(
    "div",
    { class: "backdrop", key: view.id, inert: Boolean(page.confirm) },
    h("div", attributes, head(view, title), h("div", { class: "modal-body" }, body), foot(view)),
  );
}

function head(view, id) {
  const cross = {
    type: "button",
    class: "cross",
    "aria-label": "Close",
    on: { click: () => close(view, true) },
  };
  return h(
    "header",
    { class: "modal-head" },
    avatar(seen.app.user, "avatar is-small"),
    h("h2", { id }, withEmoji(view.title)),
    h("button", cross, "×"),
  );
}

function foot(view) {
  const cancel = { type: "button", class: "button", "data-testid": "modal-close", on: { click: () => close(view) } };
  const send = {
    type: "button",
    class: "button is-primary",
    "data-testid": "modal-submit",
    "aria-busy": isBusy(view) ? "true" : null,
    on: { click: () => submit(view) },
  };
  return h(
    "footer",
    { class: "modal-foot" },
    h("button", cancel, withEmoji(view.close ?? (view.submit ? "Cancel" : "Close"))),
    view.submit && h("button", send, withEmoji(view.submit)),
  );
}

function keyed(event, view) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  submit(view);
}

function confirmation(asked) {
  const answer = (isYes) => () => {
    page.confirm = null;
    redraw();
    if (isYes) asked.act();
  };
  const style = asked.style === "danger" ? "is-danger" : "is-primary";
  const no = { type: "button", class: "button", "data-testid": "confirm-no", on: { click: answer(false) } };
  const yes = { ...no, class: `button ${style}`, "data-testid": "confirm-yes", on: { click: answer(true) } };
  const attributes = {
    class: "modal is-small",
    role: "dialog",
    "aria-modal": "true",
    "aria-labelledby": "confirm-title",
    "data-testid": "confirm",
  };
  const title = h("h2", { id: "confirm-title" }, withEmoji(asked.title.text));
  const buttons = [
    h("button", no, withEmoji(asked.deny.text)),
    h("button", yes, withEmoji(asked.confirm.text)),
  ];
  return h(
    "div",
    { class: "backdrop is-confirm", key: "confirm" },
    h(
      "div",
      attributes,
      h("header", { class: "modal-head" }, title),
      h("div", { class: "modal-body" }, words(asked.text)),
      h("footer", { class: "modal-foot" }, buttons),
    ),
  );
}

// After each drawing: the focus goes into a dialog that has opened, to the first field that is
// wrong, and back to where it was once all are closed.
export function moveFocus() {
  const view = topModal();
  const now = page.confirm ? "confirm" : view?.id ?? "";
  const wrong = view ? JSON.stringify(view.errors) : "";
  if (now !== open) {
    if (!open) before = document.activeElement;
    open = now;
    if (now) first(now)?.focus();
    else back();
  } else if (now && wrong !== errors && wrong !== "{}") {
    document.querySelector(".modal [aria-invalid=true]")?.focus();
  }
  errors = wrong;
}

function first(now) {
  const modal = document.querySelector(now === "confirm" ? "[data-testid=confirm]" : "[data-testid=modal]");
  const inputs = ":is(input, textarea, select)";
  const answer = page.confirm?.style === "danger" ? "confirm-no" : "confirm-yes";
  return (
    modal?.querySelector("[data-focus=yes]") ??
    modal?.querySelector(`.field ${inputs}`) ??
    modal?.querySelector(`.modal-body ${inputs}`) ??
    modal?.querySelector(`[data-testid=${answer}], [data-testid=modal-submit]`) ??
    modal?.querySelector(".modal-foot button")
  );
}

function back() {
  const target = before?.isConnected && before !== document.body ? before : null;
  (target ?? document.querySelector("[data-testid=composer] textarea"))?.focus();
  before = null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !seen.modals) return;
  const view = topModal();
  if (page.menu) closeMenu();
  else if (page.confirm) page.confirm = null;
  else if (view) close(view);
  else return;
  event.preventDefault();
  redraw();
});
