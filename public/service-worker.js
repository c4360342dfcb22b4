// Keeps one whole version of the page on this device, so that it opens without a network.
//
// A version is the set of files below, each with its integrity, written by `cargo xtask hash-assets`. It is stored
// whole or not at all, and a page gets all its files from the version that gave it its HTML: page, parts and worker
// are never mixed. A newer version waits until the person asks for it or no page is open any more.
//
// What a person asks for is not put in charge (`skipWaiting`): Chromium lets that wait for minutes while the old one is
// busy, and a page that is loaded just then may never come. The wish is kept instead, as an empty cache named `wanted:`
// and the version (boot.js), and whoever is in charge shows that version from then on.

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
    await thin();
  } catch (error) {
    // Half a version is none. The browser tries again when the page is next opened.
    await caches.delete(NAME);
    throw error;
  }
}

/**
 * Forgets versions that nobody asks for any more, on a till that is never closed: the oldest two are of who is in charge,
 * the wish is of the one that is shown.
 */
async function thin() {
  const names = await caches.keys();
  const wanted = wish(names);
  const old = names.filter((name) => name.startsWith(OURS) && name !== NAME && name !== wanted).slice(2);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The version that was last asked for, of all names. */
const wish = (names) => names.findLast((name) => name.startsWith(WANTED + OURS))?.slice(WANTED.length);

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
  const wanted = wish(names);
  const whole = wanted && (await caches.match(new URL(PAGE, scope), { cacheName: wanted }));
  return whole ? [wanted, ...own] : own;
}
