// Reading without a network: every topic's newest edition, and what was looked at lately. Public pages only.
"use strict";
const KEPT = "pages-1";
const MOST = 60;
const OFFLINE = "/offline";
const PUBLIC = /^\/(archive|story|search)(\/|$)/;
const FILES = /^\/(static\/|brand\.css|image\/)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((pages) => pages.add(OFFLINE)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(keepNewest).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "keep newest") event.waitUntil(keepNewest());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (FILES.test(address.pathname)) event.respondWith(fromKept(event.request));
  else if (PUBLIC.test(address.pathname)) event.respondWith(fromNetwork(event.request));
  else if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
  }
});

async function fromNetwork(request) {
  try {
    const answer = await fetch(request);
    await keep(request, answer);
    return answer;
  } catch {
    return (await caches.match(request)) || (await caches.match(OFFLINE)) || Response.error();
  }
}

async function fromKept(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  await keep(request, answer);
  return answer;
}

async function keep(request, answer) {
  if (!answer.ok || answer.redirected) return;
  const pages = await caches.open(KEPT);
  await pages.put(request, answer.clone());
  const all = await pages.keys();
  const old = all.filter((one) => new URL(one.url).pathname !== OFFLINE);
  await Promise.all(old.slice(0, Math.max(0, old.length - MOST)).map((one) => pages.delete(one)));
}

async function keepNewest() {
  try {
    const told = await (await fetch("/newest.json")).json();
    const pages = await caches.open(KEPT);
    await Promise.all(told.editions.map((address) => pages.add(address).catch(() => undefined)));
  } catch {
    // No network now: the next visit asks again.
  }
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
}

// A notice that an edition is ready; a click opens it.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(String(told.title || ""), {
      body: String(told.body || ""),
      lang: told.lang,
      tag: told.tag,
      icon: "/icon-192.png",
      data: { url: told.url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const place = new URL(String(event.notification.data?.url || "/"), self.location.origin);
  if (place.origin === self.location.origin) event.waitUntil(self.clients.openWindow(place.href));
});
