// The two-minute tour: what to do, what to type, where to look. The server says what is done.

import { h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { gesture, page, redraw, seen } from "./store.js";

const PLACE = "C0SOPORTE01";
const PEOPLE = { alice: "U0ALICE0001", diego: "U0DIEGO0001", carla: "U0CARLA0001" };

// Each send makes the next number a new one, for the bot asks before the same goes out twice.
const reminder = (phone) => `/whatsapp-template recordatorio de cita ${phone} client_name=Ana fecha="3 de mayo"`;

const STEPS = {
  by_name: {
    title: "By name",
    person: PEOPLE.alice,
    type: (sends) => reminder(`6123-${4600 + sends}`),
    say: "Type the template by its name, the number and the values, in one line. *Look:* the form is filled in and shows the message as the customer will read it. Press its green button.",
  },
  mistake: {
    title: "Mistakes",
    person: PEOPLE.alice,
    type: (sends) => reminder(`6987-${100 + sends}`),
    say: "The number lacks a digit. Press the green button. *Look:* the form says so under the number, in plain words, and Atom has heard nothing. Add a digit, or close the form.",
  },
  thread: {
    title: "The outcome",
    person: PEOPLE.alice,
    say: "Under a card in the channel (the first step leaves one) click _1 reply_. *Look:* what became of the message in one sentence, with the number hidden from all who did not send it.",
  },
  unconfirmed: {
    title: "Atom is silent",
    person: PEOPLE.alice,
    type: (sends) => reminder(`+5732112${34600 + sends}`),
    atom: "drops",
    say: "Atom takes this message and never answers. *Look:* the bot does not guess and does not send twice: it says so, and a person decides with a button in the thread.",
  },
  many: {
    title: "A list",
    person: PEOPLE.alice,
    say: "In the menu of your message with the file (⋮) choose _Send to a list_, then _Recordatorio de cita_, and press the green button. *Look:* the card in the message's thread says which rows can't go out, and why; nothing has gone out yet. Press _Start_ there.",
  },
  may_not: {
    title: "Who may not",
    person: PEOPLE.diego,
    type: () => "/whatsapp-template",
    say: "Be Diego, who is not in the group that may send. *Look:* only he reads that he may not, and who can help.",
  },
  home: {
    title: "Home and catalogue",
    person: PEOPLE.carla,
    place: "app",
    say: "Be Carla, the admin, and open the app's Home tab. *Look:* her last sends, and the catalogue: templates are added, changed and limited here.",
  },
};

// `arrange` lets a person sit down in a place, with something in the box to write in.
export function tour({ arrange }) {
  if (!seen.tour || !page.tour.isOpen) return null;
  const done = new Set(seen.tour.done);
  const all = seen.tour.steps;
  const step = page.tour.step ?? all[0];
  return h(
    "div",
    { class: "tour", "data-testid": "tour" },
    h("ol", {}, all.map((one, i) => mark(one, i, { isDone: done.has(one), isHere: one === step }))),
    isOver(seen.tour) && !page.tour.isAgain ? finished() : card(step, { isDone: done.has(step), next: nextOf(step, all, done), arrange }),
    h("button", { type: "button", class: "cross", "aria-label": "Close the tour", on: { click: toggleTour } }, "×"),
  );
}

export function toggleTour() {
  page.tour.isOpen = !page.tour.isOpen;
  redraw();
}

function nextOf(step, all, done) {
  const later = [...all.slice(all.indexOf(step) + 1), ...all];
  return later.find((one) => one !== step && !done.has(one));
}

function isOver({ done, steps }) {
  return done.length === steps.length;
}

function choose(step) {
  page.tour.step = step;
  page.tour.isAgain = isOver(seen.tour);
  redraw();
}

function mark(step, i, { isDone, isHere }) {
  const attributes = {
    type: "button",
    class: ["tour-step", isDone && "is-done", isHere && "is-here"].filter(Boolean).join(" "),
    "aria-current": isHere ? "step" : null,
    "data-step": step,
    "data-done": isDone ? "yes" : "no",
    on: { click: () => choose(step) },
  };
  const sign = h("span", { class: "tick", role: "img", "aria-label": isDone ? "done" : "to do" }, isDone ? "✓" : String(i + 1));
  return h("li", { key: step }, h("button", attributes, sign, STEPS[step].title));
}

function card(step, { isDone, next, arrange }) {
  const { say, person, place = PLACE, atom = "answers" } = STEPS[step];
  const type = STEPS[step].type?.(seen.tour.sends);
  const set = async () => {
    if (type && seen.atom.chosen !== atom) await gesture("atom", { mode: atom });
    arrange({ place, person, type });
  };
  const button = { type: "button", class: "tour-button", on: { click: set } };
  const onward = { type: "button", class: "tour-button is-next", on: { click: () => choose(next) } };
  return h(
    "div",
    { class: "tour-card", key: step },
    h("p", {}, mrkdwn(say)),
    h(
      "div",
      { class: "tour-do" },
      h("button", button, type ? "Type it for me" : "Take me there"),
      isDone && next && h("button", onward, "Done. Next ›"),
      type && h("code", {}, type),
    ),
  );
}

function finished() {
  return h("div", { class: "tour-card", key: "finished" }, h("p", {}, "That was all of it. The rest is yours to try; press a step to do it again."));
}

// That somebody has opened the thread of a card only this page knows.
export function openedThread(root, replies) {
  const isOutcome = root.user === seen.app.user && replies.some((one) => one.user === seen.app.user);
  if (!isOutcome || !seen.tour || seen.tour.done.includes("thread")) return;
  gesture("tour", { step: "thread" }, { isQuiet: true });
}
