// Starts the page: fetches the program, checks that not a byte of it was changed, and runs it.
// A file and not an inline script, so that the content security policy needs no 'unsafe-inline' and no nonce.

const { js, wasm, wasmIntegrity, offline } = document.querySelector("script[data-wasm]").dataset;

// The theme a person chose, before anything is painted; src/app/prefs.rs keeps it, as JSON.
try {
  const theme = JSON.parse(localStorage.getItem("shuke.theme"));
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused, or not ours: the system's theme it is.
}

const address = (name) => new URL(name, document.baseURI).href;

// Trusted Types: markup from strings is only ever the constant parts of our own views, scripts only our own worker.
// Whatever else reaches one of these doors is refused here, however it got there.
const ACTIVE = /<\/?(script|iframe|frame|object|embed|base|link|meta|form)\b|\son[a-z]+\s*=|javascript:|srcdoc/i;
globalThis.trustedTypes?.createPolicy("default", {
  createHTML: (html) => (ACTIVE.test(html) ? null : html),
  createScriptURL: (url) => (new URL(url, document.baseURI).origin === location.origin ? url : null),
});

async function fetchProgram() {
  const response = await fetch(address(wasm), { integrity: wasmIntegrity, credentials: "same-origin" });
  if (!response.ok) throw new Error(`${wasm}: ${response.status}`);
  return response;
}

function explain(error) {
  console.error(error);
  const place = document.getElementById("start-failed");
  place.hidden = false;
  place.querySelector("code").textContent = String(error?.message ?? error);
}

// Whoever could put this page under a picture of their own could have it pressed unseen. Our own origin may frame it;
// for other sites there is `frame.html`, which asks who they are (docs/embed.md).
function framedByOthers() {
  try {
    for (let at = window; at !== at.parent; at = at.parent) if (at.parent.location.origin !== location.origin) return true;
    return false;
  } catch {
    return true;
  }
}

const HOUR = 3_600_000;

// The page on this device, for when there is no network (service-worker.js). A newer version is announced by
// `data-newer` on the document and the event `shuke:newer`; the page answers with `shuke:take-over` when it is wanted.
async function keepOnDevice(name) {
  const kept = await navigator.serviceWorker.register(address(name));
  const wish = async () => {
    const ours = `shuke:${new URL(kept.scope).pathname}:`;
    return `wanted:${(await caches.keys()).filter((name) => name.startsWith(ours)).at(-1)}`;
  };
  const announce = async () => {
    // Without a controller this is the first visit, and what was kept is what is shown.
    if (!kept.waiting || !navigator.serviceWorker.controller) return;
    // What was asked for is what is shown, though the one in charge is still the old one.
    if (await caches.has(await wish())) return;
    document.documentElement.dataset.newer = "";
    dispatchEvent(new Event("shuke:newer"));
  };
  // An update may be found, or be on its way, from the first moment on.
  const follow = () => kept.installing?.addEventListener("statechange", announce);
  kept.addEventListener("updatefound", follow);
  follow();
  announce();
  addEventListener("shuke:take-over", async () => {
    await caches.open(await wish());
    location.reload();
  });
  // A till is never closed: it asks when somebody comes back to it.
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - asked < HOUR) return;
    asked = Date.now();
    kept.update().catch(() => {});
  });
}

try {
  if (framedByOthers()) throw new Error("另一个网站把本页放进了它的框架 · another site frames this page; see frame.html");
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is not available");
  const program = fetchProgram();
  // Its error is reported where it is awaited, not as unhandled in between.
  program.catch(() => {});
  const { default: init } = await import(address(js));
  await init({ module_or_path: program });
  document.getElementById("start-failed").remove();
  // Only what was built to be published is kept on the device.
  if (offline && navigator.serviceWorker) keepOnDevice(offline).catch(console.warn);
} catch (error) {
  explain(error);
}
