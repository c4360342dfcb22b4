// Keeps one whole version of the page on this device, so that it opens without a network.
//
// A version is the set of files below, each with its integrity, written by `cargo xtask hash-assets`. It is stored
// whole or not at all, and a page gets all its files from the version that gave it its HTML: page, parts and worker
// are never mixed. A newer version waits until the person asks for it (`take over`) or no page is open any more.

const VERSION = "PRECACHE-VERSION";
const FILES = new Map(/* PRECACHE-FILES */);

const scope = new URL(registration.scope);
// Several copies may live under one host; what is kept belongs to the path.
const OURS = `shuke:${scope.pathname}:`;
const NAME = OURS + VERSION;
// A name with a hash says what it holds, whichever version it came with.
const HASHED = /-[0-9a-f]{14,16}[._]/;

addEventListener("install", (event) => {
  event.waitUntil(keep());
});

async function keep() {
  const cache = await caches.open(NAME);
  try {
    await Promise.all([...FILES].map(async ([name, integrity]) => {
      // Under a name that may come again with other bytes the browser's own cache is not asked.
      // The page is asked for as people ask for it: some hosts lead away from the name of its file.
      const request = new Request(new URL(name === "index.html" ? "./" : name, scope), { integrity, cache: HASHED.test(name) ? "default" : "no-cache", credentials: "same-origin" });
      const response = await fetch(request);
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      await cache.put(new URL(name, scope), response);
    }));
  } catch (error) {
    // Half a version is none. The browser tries again when the page is next opened.
    await caches.delete(NAME);
    throw error;
  }
}

addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

/** Forgets versions, but for this one and the one before it, whose pages may still be open and want a part. */
async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const name = url.pathname.slice(scope.pathname.length);
  if (request.mode === "navigate") {
    // The page keeps its places behind the `#` and its choices behind the `?`.
    const page = name || "index.html";
    if (FILES.has(page)) event.respondWith(kept(page, request));
  } else if (FILES.has(name) || HASHED.test(name)) {
    event.respondWith(kept(name, request));
  }
});

/** The file as this version has it, else as the one before has it, else from the network. */
async function kept(name, request) {
  const address = new URL(name, scope);
  const own = await (await caches.open(NAME)).match(address);
  if (own) return own;
  for (const other of await caches.keys()) {
    const found = other.startsWith(OURS) && (await (await caches.open(other)).match(address));
    if (found) return found;
  }
  return fetch(request);
}
