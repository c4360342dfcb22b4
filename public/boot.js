// Starts the page: fetches the program, checks that not a byte of it was changed, and runs it.
// A file and not an inline script, so that the content security policy needs no 'unsafe-inline' and no nonce.

const { js, wasm, wasmIntegrity } = document.querySelector("script[data-wasm]").dataset;

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

try {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is not available");
  const program = fetchProgram();
  // Its error is reported where it is awaited, not as unhandled in between.
  program.catch(() => {});
  const { default: init } = await import(address(js));
  await init({ module_or_path: program });
  document.getElementById("start-failed").remove();
} catch (error) {
  explain(error);
}
