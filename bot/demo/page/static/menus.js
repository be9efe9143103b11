// Small menus: one is open at a time; arrows, Enter and Escape work in it.

import { h } from "./dom.js";
import { closeMenu, openMenu, page, redraw } from "./store.js";

let trigger = null;
let opensUp = false;

// A button and, while it is open, its menu. An item is {words, more, run}.
export function menuButton({ key, label, face, items, css = "", title = "" }) {
  const isOpen = page.menu === key;
  return h(
    "span",
    { class: "menu-holder" },
    h(
      "button",
      {
        type: "button",
        class: css,
        title,
        "aria-label": label,
        "aria-haspopup": "menu",
        "aria-expanded": String(isOpen),
        on: { click: (event) => toggle(event, key) },
      },
      face,
    ),
    isOpen && menu(label, items),
  );
}

function toggle(event, key) {
  trigger = event.currentTarget;
  opensUp = trigger.getBoundingClientRect().bottom > window.innerHeight * 0.55;
  openMenu(key);
}

function menu(label, items) {
  return h(
    "div",
    {
      class: opensUp ? "menu opens-up" : "menu",
      role: "menu",
      "aria-label": label,
      on: { keydown: (event) => move(event, items.length) },
    },
    items.length ? items.map(item) : h("p", { class: "menu-empty" }, "Nothing here"),
  );
}

function item({ words, more, run }, i) {
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      tabindex: "-1",
      class: "menu-item",
      "data-active": i === page.active ? "yes" : null,
      on: {
        click: () => {
          leave();
          run();
        },
      },
    },
    h("span", {}, words),
    more && h("small", {}, more),
  );
}

function move(event, count) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && count) {
    page.active = (page.active + step + count) % count;
    document.querySelectorAll(".menu-item")[page.active]?.focus();
    redraw();
  } else if (event.key === "Escape" || event.key === "Tab") {
    leave();
  } else {
    return;
  }
  event.stopPropagation();
  if (event.key !== "Tab") event.preventDefault();
}

function leave() {
  closeMenu();
  trigger?.focus();
}

// After each drawing: a menu that has just opened takes the focus.
export function focusMenu() {
  const open = document.querySelector(".menu");
  if (open && !open.contains(document.activeElement)) open.querySelector(".menu-item")?.focus();
}

document.addEventListener("pointerdown", (event) => {
  if (page.menu && !event.target.closest(".menu-holder")) closeMenu();
});
