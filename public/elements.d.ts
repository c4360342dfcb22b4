// The elements for programs that are checked by TypeScript: `/// <reference path="…/elements.d.ts" />`.

/** One member as a card shows it; other fields are not read. */
export interface ShukeCardMember {
  balance: number;
  name?: string;
  number?: string;
  /** What the QR code on the card says, at most 106 bytes: `shuke:member:<id>` is read at Shuke's counter. */
  code?: string;
  tier?: string | null;
  tierUntil?: string | null;
  pending?: number;
  debt?: number;
  worth?: string;
  lots?: { id: string; points: number; earnedOn: string; expiresOn: string | null }[];
  expiring?: { points: number; on: string };
  next?: { needs: number; tier: string };
}

/** What a visitor said or did, as it goes to the inbox (docs/inbox.md). */
export interface ShukeEntry {
  id: string;
  kind: string;
  at: string;
  page: string;
  visitor: string;
  member?: string;
  data: Record<string, unknown>;
}

export interface ShukeLoyaltyCard extends HTMLElement { member: ShukeCardMember | null }
export interface ShukePointsBadge extends HTMLElement { member: ShukeCardMember | null }
export interface ShukeSegmentCount extends HTMLElement { rule: object | null }

declare global {
  interface HTMLElementTagNameMap {
    "shuke-app": HTMLElement;
    "shuke-loyalty-card": ShukeLoyaltyCard;
    "shuke-points-badge": ShukePointsBadge;
    "shuke-signup": HTMLElement;
    "shuke-survey": HTMLElement;
    "shuke-feedback": HTMLElement;
    "shuke-consent": HTMLElement;
    "shuke-customer": HTMLElement;
    "shuke-segment-count": ShukeSegmentCount;
  }

  interface GlobalEventHandlersEventMap {
    /** An entry is about to be sent; `preventDefault` means that the page sees to it. */
    "shuke-entry": CustomEvent<ShukeEntry>;
    "shuke-done": CustomEvent<{ state: "sent" | "queued" | "refused" | "here" | "dismissed"; code?: string }>;
    "shuke-consent": CustomEvent<{ given: boolean }>;
    "shuke-ready": CustomEvent<null>;
    "shuke-place": CustomEvent<{ section: string; place?: string }>;
    "shuke-title": CustomEvent<string>;
    "shuke-fault": CustomEvent<{ code: string; message: string; path?: string }>;
  }
}
