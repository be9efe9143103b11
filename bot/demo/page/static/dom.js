// Builds elements, and brings what is on the screen to what should be there without losing
// focus, caret, scroll position or a press that is half done.

const PROPERTIES = ["value", "checked", "selected", "indeterminate"];

// Text is always a text node: nothing that somebody wrote can become an element.
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  element.made = { on: {}, key: undefined, properties: {} };
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  append(element, children);
  return element;
}

function set(element, name, value) {
  if (name === "on") {
    element.made.on = value;
    for (const [event, listener] of Object.entries(value)) element[`on${event}`] = listener;
  } else if (name === "key") {
    element.made.key = value;
  } else if (PROPERTIES.includes(name)) {
    element.made.properties[name] = value;
  } else if (value !== null && value !== undefined && value !== false) {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  // After the children: a select takes its value from its options.
  apply(element);
}

function apply(element) {
  for (const [name, value] of Object.entries(element.made.properties)) {
    if (element[name] !== value) element[name] = value;
  }
}

// Brings what stands inside an element to these children.
export function fill(element, ...children) {
  patchChildren(element, h("div", {}, ...children));
}

function patch(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  patchAttributes(old, fresh);
  for (const event of Object.keys(old.made.on)) old[`on${event}`] = null;
  for (const [event, listener] of Object.entries(fresh.made.on)) old[`on${event}`] = listener;
  patchChildren(old, fresh);
  old.made = fresh.made;
  apply(old);
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function patchChildren(old, fresh) {
  const loose = [...old.childNodes];
  const wanted = [...fresh.childNodes].map((child) => {
    const at = loose.findIndex((one) => isSame(one, child));
    if (at < 0) return { child };
    return { child, was: loose.splice(at, 1)[0] };
  });
  for (const gone of loose) gone.remove();
  let place = old.firstChild;
  for (const { child, was } of wanted) {
    if (was) patch(was, child);
    const node = was ?? child;
    // What stands right already is not moved: moving takes the focus away.
    if (node === place) place = place.nextSibling;
    else old.insertBefore(node, place);
  }
}

function isSame(one, other) {
  if (one.nodeName !== other.nodeName) return false;
  return one.nodeType === Node.TEXT_NODE || (one.type === other.type && one.made?.key === other.made?.key);
}
