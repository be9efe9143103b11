// A rich_text block to elements.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channel, group, link, person } from "./mrkdwn.js";

const SECTIONS = {
  rich_text_section: (part) => h("div", { class: "rich-section" }, inside(part)),
  rich_text_quote: (part) => h("blockquote", {}, inside(part)),
  rich_text_preformatted: (part) => h("pre", {}, inside(part)),
  rich_text_list: (part) =>
    h(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((one) => h("li", {}, inside(one)))),
};

export function richText(block) {
  return h("div", { class: "rich-text" }, block.elements.map((part) => SECTIONS[part.type]?.(part)));
}

function inside(part) {
  return (part.elements ?? []).map((one) => styled(one, content(one)));
}

function content(one) {
  switch (one.type) {
    case "text":
      return lines(one.text);
    case "link":
      return link(one.url, one.text ?? one.url);
    case "emoji":
      return emoji(one.name);
    case "user":
      return person(one.user_id);
    case "channel":
      return channel(one.channel_id);
    case "usergroup":
      return group(one.usergroup_id);
    case "broadcast":
      return h("span", { class: "mention" }, `@${one.range}`);
    default:
      return one.text ?? "";
  }
}

function lines(text) {
  return text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
}

function styled(one, node) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.keys(tags)
    .filter((name) => one.style?.[name])
    .reduce((inner, name) => h(tags[name], {}, inner), node);
}
