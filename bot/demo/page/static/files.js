// Files: chosen for a message or a form, and under a message.

import { h } from "./dom.js";
import { gesture, page, redraw, seen, toast } from "./store.js";

const KILO = 1024;
const FORM_BYTES = 10 * KILO * KILO;

// What is on its way: a form is not submitted before.
const uploads = new Set();

export function uploaded() {
  return Promise.all(uploads);
}

async function upload(file) {
  const { file: there } = (await gesture("upload", { name: file.name, content: await read(file) })) ?? {};
  return there;
}

async function read(file) {
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    Object.assign(reader, { onload: resolve, onerror: reject });
    reader.readAsDataURL(file);
  });
  return reader.result.slice(reader.result.indexOf(",") + 1);
}

// Uploads one after the other, and gives those that came.
function uploadAll(chosen) {
  const all = (async () => {
    const found = [];
    for (const one of chosen) found.push(await upload(one));
    return found.filter(Boolean);
  })();
  const running = all.catch(() => []);
  uploads.add(running);
  running.then(() => uploads.delete(running));
  return running;
}

export function fileInput(where, block, element, attributes) {
  const chosen = where.value(block, element) ?? [];
  const most = element.max_files ?? 10;
  const add = async (event) => {
    const fitting = [...event.target.files].filter(fits);
    event.target.value = "";
    if (fitting.length > most) toast(`No more than ${most} ${most === 1 ? "file" : "files"} can be chosen.`);
    const there = await uploadAll(fitting.slice(0, most));
    // Whoever chooses again means these in place of the first.
    if (there.length) where.change(block, element, [...chosen, ...there].slice(-most));
  };
  return h(
    "div",
    { class: "files" },
    h("input", {
      ...attributes,
      type: "file",
      multiple: most > 1,
      accept: element.filetypes?.map((one) => `.${one}`).join(",") ?? null,
      on: { change: add },
    }),
    chips(chosen, (rest) => where.change(block, element, rest)),
  );
}

function fits(file) {
  if (file.size <= FORM_BYTES) return true;
  toast(`${file.name} is larger than 10 MB.`);
  return false;
}

function chips(all, keep) {
  return all.map((file) =>
    h(
      "span",
      { class: "chip", key: file.id },
      `📎 ${file.name}`,
      h(
        "button",
        {
          type: "button",
          "aria-label": `Remove ${file.name}`,
          on: { click: () => keep(all.filter((one) => one !== file)) },
        },
        "×",
      ),
    ),
  );
}

function draftKey(composer) {
  return `${composer}/files`;
}

export function attached(composer) {
  return page.drafts.get(draftKey(composer)) ?? [];
}

export function attach(composer, files) {
  if (files.length) page.drafts.set(draftKey(composer), files);
  else page.drafts.delete(draftKey(composer));
  redraw();
}

export function attachButton(composer) {
  const add = async (event) => {
    const chosen = [...event.target.files];
    event.target.value = "";
    const there = await uploadAll(chosen);
    attach(composer, [...attached(composer), ...there]);
  };
  return h(
    "label",
    { class: "attach", title: "Attach a file" },
    h("span", { "aria-hidden": "true" }, "📎"),
    h("input", { type: "file", multiple: true, "aria-label": "Attach a file", on: { change: add } }),
  );
}

export function attachedChips(composer) {
  const all = attached(composer);
  return all.length > 0 && h("div", { class: "attached", key: "attached" }, chips(all, (rest) => attach(composer, rest)));
}

export function underMessage(files) {
  if (!files?.length) return null;
  return h("div", { class: "message-files" }, files.map(underneath));
}

function underneath(file) {
  const inside = [
    h("span", { class: "file-face", "aria-hidden": "true" }, "📄"),
    h("span", {}, h("b", {}, file.name), h("small", {}, about(file))),
  ];
  const attributes = { class: "message-file", "data-testid": "file", key: file.id };
  if (file.deleted || file.external) return h("div", attributes, inside);
  const address = `/ui/file/${file.id}/${encodeURIComponent(file.name)}?person=${encodeURIComponent(seen.me)}`;
  return h("a", { ...attributes, href: address, download: file.name, title: `Download ${file.name}` }, inside);
}

function about(file) {
  if (file.deleted) return "This file was deleted.";
  if (file.external) return "A file that lies elsewhere";
  return [file.kind, sizeOf(file.size)].filter(Boolean).join(" · ");
}

function sizeOf(bytes) {
  if (bytes < KILO) return `${bytes} bytes`;
  const kilos = bytes / KILO;
  return kilos < KILO ? `${Math.round(kilos)} kB` : `${(kilos / KILO).toFixed(1)} MB`;
}
