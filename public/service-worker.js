// Keeps one whole version of the page on this device, so that it opens without a network.
//
// A version is the set of files below, each with its integrity, written by `cargo xtask hash-assets`. It is stored
// whole or not at all, and a page gets all its files from the version that gave it its HTML: page, parts and worker
// are never mixed. A newer version waits until the person asks for it (`take over`) or no page is open any more.
//
// Who is in charge is the browser's to decide, and it may let a newer one wait for minutes while the old one is busy.
// So the wish is kept as well, as an empty cache named `wanted:` and the version (boot.js): whoever is in charge shows
// that version from then on.

const VERSION = "PRECACHE-VERSION";
const FILES = new Map(/* PRECACHE-FILES */);

const scope = new URL(registration.scope);
// Several copies may live under one host; what is kept belongs to the path.
const OURS = `shuke:${scope.pathname}:`;
const NAME = OURS + VERSION;
const WANTED = "wanted:";
const PAGE = "index.html";
// A name with a hash says what it holds, whichever version it came with.
const HASHED = /-[0-9a-f]{14,16}[._]/;

addEventListener("install", (event) => {
  event.waitUntil(keep());
});

async function keep() {
  const cache = await caches.open(NAME);
  const store = async (name) => {
    // Under a name that may come again with other bytes the browser's own cache is not asked.
    // The page is asked for as people ask for it: some hosts lead away from the name of its file.
    const request = new Request(new URL(name === PAGE ? "./" : name, scope), { integrity: FILES.get(name), cache: HASHED.test(name) ? "default" : "no-cache", credentials: "same-origin" });
    const response = await fetch(request);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    await cache.put(new URL(name, scope), response);
  };
  try {
    await Promise.all([...FILES.keys()].filter((name) => name !== PAGE).map(store));
    // The page comes last: a version that has it is whole.
    await store(PAGE);
  } catch (error) {
    // Half a version is none. The browser tries again when the page is next opened.
    await caches.delete(NAME);
    throw error;
  }
}

addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

/** Forgets versions, but for this one and the one before it, whose pages may still be open and want a part; and wishes. */
async function tidy() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== NAME).slice(0, -1);
  const wishes = names.filter((name) => name.startsWith(WANTED + OURS));
  await Promise.all([...old, ...wishes].map((name) => caches.delete(name)));
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
    const page = name || PAGE;
    if (FILES.has(page)) event.respondWith(kept(page, request));
  } else if (FILES.has(name) || HASHED.test(name)) {
    event.respondWith(kept(name, request));
  }
});

/** The file as the version that is shown has it, else as another that is kept, else from the network. */
async function kept(name, request) {
  for (const cacheName of await versions()) {
    const found = await caches.match(new URL(name, scope), { cacheName });
    if (found) return found;
  }
  return fetch(request);
}

/** The names of the versions that are kept, first the one that is shown: the one that was asked for, if it is whole, or this one. */
async function versions() {
  const names = await caches.keys();
  const own = [NAME, ...names.filter((name) => name.startsWith(OURS) && name !== NAME)];
  const wanted = names.findLast((name) => name.startsWith(WANTED + OURS))?.slice(WANTED.length);
  const whole = wanted && (await caches.match(new URL(PAGE, scope), { cacheName: wanted }));
  return whole ? [wanted, ...own] : own;
}
