import type { Entry } from "../shared/outbox";

/** What survives a reload on this device. The conversation itself stays on the server. */
export interface Memory {
  handle: string | null;
  bound: boolean;
  open: boolean;
  /** Number of the last message the citizen has seen in the open panel. */
  seen: number;
  used: number[];
  unsent: Entry[];
}

export const STORAGE_KEY = "amtslotse-chat";

export const EMPTY: Memory = { handle: null, bound: false, open: false, seen: 0, used: [], unsent: [] };

/** Reads the stored memory; anything unreadable counts as none. */
export function recall(storage: Storage): Memory {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? "null");
    if (typeof stored !== "object" || stored === null) return { ...EMPTY };
    return { ...EMPTY, ...(stored as Partial<Memory>) };
  } catch {
    return { ...EMPTY };
  }
}

/** Stores the memory. A browser without storage keeps the chat for this page only. */
export function remember(storage: Storage, memory: Memory): void {
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify(memory));
  } catch {
    // Storage is full or forbidden: the chat works on, without resuming after a reload.
  }
}
