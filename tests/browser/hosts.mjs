// Pages of other people that use Shuke's elements: a server of a host page on an origin of its own, with the policy and
// the styles that the test wants, and the built files under /crm/ where the host has them.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { dist } from "./harness.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm",
  ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png", ".webmanifest": "application/json",
};

/** The strictest policy with which everything on the host's own origin works. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'";

/** A page with these elements: `head` and `body` are markup, `lang` is the document's. */
export function page({ head = "", body = "", lang = "en", script = '<script type="module" src="/crm/elements.js" blocking="render"></script>' }) {
  return `<!DOCTYPE html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Host</title>${head}${script}</head><body>${body}</body></html>`;
}

/**
 * Serves `pages` (path to markup, or `{ type, text }`), and Shuke's files under /crm/ unless `files` is false. `replace`
 * gives other bytes for a file of ours, as an owner does who edits one; `cors` lets every origin load our files.
 */
export async function host({ pages = {}, csp = "", files = true, replace = {}, cors = false } = {}) {
  const site = { pages, asked: [] };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    site.asked.push(`${request.method} ${pathname}`);
    const given = site.pages[pathname];
    if (given !== undefined) {
      const { type = "text/html; charset=utf-8", text } = typeof given === "string" ? { text: given } : given;
      const headers = { "content-type": type };
      if (csp && type.startsWith("text/html")) headers["content-security-policy"] = csp;
      response.writeHead(200, headers).end(text);
      return;
    }
    const name = decodeURIComponent(pathname.replace(/^\/crm\//, "")) || "index.html";
    if (!files || name === pathname || name.split("/").includes("..")) return void response.writeHead(404).end("not found");
    try {
      const body = replace[name] ?? (await readFile(path.join(dist, name)));
      const open = cors ? { "access-control-allow-origin": "*" } : {};
      response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream", ...open }).end(body);
    } catch {
      response.writeHead(404).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return Object.assign(site, {
    origin: `http://127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/`, port,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  });
}
