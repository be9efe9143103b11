// What this person has read, and what came for others meanwhile.

import { directId, page, seen } from "./store.js";

function key(channel) {
  return `${seen.me}/${channel}`;
}

// Nothing is unread when the page opens, for anybody.
export function begin() {
  if (page.since !== null) return;
  const here = Object.values(seen.messages).flat().map((one) => one.ts);
  const elsewhere = Object.values(seen.people).map((one) => one.private_ts);
  page.since = [...here, ...elsewhere].sort().at(-1);
}

export function readUntil(channel) {
  return page.read.get(key(channel)) ?? page.since;
}

export function markRead(channel) {
  page.read.set(key(channel), seen.messages[channel]?.at(-1)?.ts ?? "");
}

export function unread(channel) {
  const last = readUntil(channel);
  return (seen.messages[channel] ?? []).filter((one) => one.ts > last && one.user !== seen.me).length;
}

// Who leaves their place has seen what stands there.
export function leave() {
  if (seen.me) page.left.set(seen.me, seen.people[seen.me].private_ts);
}

function hasNews(person) {
  return person.private_ts > (page.left.get(person.id) ?? page.since);
}

export function othersWithNews() {
  return Object.values(seen.people).filter((one) => one.id !== seen.me && !one.deleted && one.kind !== "app" && hasNews(one));
}

// The newest of what came for this person alone while another one sat here.
export function cameMeanwhile() {
  if (!hasNews(seen.people[seen.me])) return null;
  const { private_ts: ts } = seen.people[seen.me];
  for (const [channel, all] of Object.entries(seen.messages)) {
    const message = all.find((one) => one.ts === ts);
    if (message) return { channel, message, isDirect: channel === directId() };
  }
  return null;
}
