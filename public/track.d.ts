// What a visitor does on a page, recorded only with their consent (docs/embed.md, Recording visits).

export interface TrackOptions {
  /** An https address that takes entries (docs/inbox.md). */
  inbox?: string;
  /** Or a workspace of the visitor's own browser. */
  workspace?: string;
  storage?: "opfs" | "memory";
  /** The external id by which the shop knows the visitor. */
  member?: string;
  /** What is recorded by itself. */
  auto?: ("page_view" | "dwell" | "click")[];
}
/** Says where events go; before `track`. */
export function configure(options: TrackOptions): void;
/** The visitor's answer. False forgets who they were and what still waits. */
export function consent(given: boolean): void;
/** What they said; null when they were not asked. */
export function consented(): boolean | null;
/** Whether the browser asks not to be followed: then nothing is recorded. */
export function refused(): boolean;
/** Records that something happened; does nothing without consent. */
export function track(kind: string, data?: Record<string, string | number | boolean>): Promise<void>;
/** Sends what waits now. */
export function flush(): Promise<{ state: "sent" | "queued" | "refused"; code?: string }>;
