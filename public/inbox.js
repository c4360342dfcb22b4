// Collects what visitors left in the shop's inbox into a workspace, for programs that do not use Shuke's own sync.
//
//   import { open } from "/crm/shuke.js";
//   import { collect } from "/crm/inbox.js";
//   const shuke = await open({ workspace: "main" });
//   const { cursor } = await collect(shuke, { inbox: "https://shop.example/inbox", token, after: "" });
//
// The same entries again change nothing: customers are known by the entry that brought them, events by its id.

import { exchange } from "./element-kit.js";
import { record } from "./element-send.js";

const MOST_PAGES = 10_000;

/** Fetches everything after `after`. Gives where it ended, how many were taken, and those that could not be. */
export async function collect(shuke, { inbox, token, after = "", limit = 500, signal } = {}) {
  const address = new URL(inbox);
  let cursor = after;
  let taken = 0;
  const refused = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    signal?.throwIfAborted();
    address.searchParams.set("after", cursor);
    address.searchParams.set("limit", String(limit));
    const { status, body } = await exchange("GET", address.href, { headers: { authorization: `Bearer ${token}` } });
    if (status !== 200 || !Array.isArray(body?.entries) || typeof body.cursor !== "string") {
      throw Object.assign(new Error(`the inbox answered ${status || "nothing"}`), { code: status === 401 ? "unauthorized" : "no_answer", cursor });
    }
    for (let i = 0; i < body.entries.length; i++) {
      const { entry } = body.entries[i];
      try {
        await record(shuke, entry);
        taken += 1;
      } catch (error) {
        // One that the workspace refuses must not stop the others.
        refused[refused.length] = { id: entry?.id, code: error?.code ?? "bad_entry", message: String(error?.message ?? error) };
      }
    }
    const before = cursor;
    cursor = body.cursor;
    if (!body.more || cursor === before) break;
  }
  return { cursor, taken, refused };
}
