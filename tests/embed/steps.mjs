// What the tests of the JavaScript API share: the packages they use, checking a program, serving folders.

import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const here = path.dirname(fileURLToPath(import.meta.url));
/** Where TypeScript and Vite are; `cargo xtask test embed` puts them there. */
export const packages = process.env.SHUKE_EMBED;

const execute = promisify(execFile);

/** Runs a program and gives what it says; its errors hold what it said. */
export async function run(name, parameters, options = {}) {
  try {
    return (await execute(name, parameters, { maxBuffer: 1 << 24, ...options })).stdout;
  } catch (error) {
    throw new Error(`${name} ${parameters.join(" ")}: ${error.stdout}\n${error.stderr}`);
  }
}

/** A folder that goes with the test file. */
export async function folder() {
  const it = await mkdtemp(path.join(tmpdir(), "shuke-embed-"));
  after(() => rm(it, { recursive: true, force: true, maxRetries: 5 }));
  return it;
}

/** The strictest that TypeScript has. */
export const STRICT = {
  strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noImplicitOverride: true, noUnusedLocals: true,
  noPropertyAccessFromIndexSignature: true, module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [],
};

/** Checks and translates by a tsconfig.json; throws what is wrong. */
export const typescript = (config) => run(path.join(packages, "node_modules/.bin/tsc"), ["-p", config]);

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };

/** Serves the files of some folders as one, the first that has a name; ends with the test file. */
export async function serve(...folders) {
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname.slice(1)) || "index.html";
    for (const it of folders) {
      const body = typeof it === "string" ? await readFile(path.join(it, name)).catch(() => null) : it[name];
      if (body && !name.includes("..")) return response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream" }).end(body);
    }
    response.writeHead(404).end("not found");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
