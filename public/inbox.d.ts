// Collects what visitors left in the shop's inbox into a workspace (docs/inbox.md).
import type { Shuke } from "./shuke.js";

export interface CollectOptions { inbox: string; token: string; after?: string; limit?: number; signal?: AbortSignal }
/** `cursor`: where to go on the next time. The same entries again change nothing. */
export function collect(shuke: Shuke, options: CollectOptions): Promise<{ cursor: string; taken: number; refused: { id?: string; code: string; message: string }[] }>;
