import type { State, Values } from "../shared/protocol";

/** What a card may do and know. */
export interface CardContext {
  /** Number of the message that carries the card. */
  seq: number;
  /** False when the card was used or a later step replaced it. */
  open: boolean;
  state: State;
  say(text: string): void;
  press(title: string, payload: string, values?: Values): void;
  /** True on a page of another site: what is personal goes on in the portal. */
  foreign: boolean;
  /** Goes on with this conversation in the portal. */
  toPortal(): void;
  /** `url` with the current page as the way back. */
  withReturn(url: string): string;
  /** Files that lie ready on this device until a document is asked for. */
  files: readonly File[];
  /** Keeps files ready. */
  hold(files: readonly File[]): void;
  /** Sends or removes: the file lies ready no longer. */
  release(file: File): void;
  bearer(): Promise<string | null>;
  csrf(): string | null;
}

/**
 * A link of the Amtslotse origin (`home`), with the current page as `zurueck` so that the citizen returns to where
 * they were. The portal returns to its own pages only: from another site's page there is no way back.
 */
export function withReturn(
  url: string,
  here: { pathname: string; search: string; origin: string },
  home: string,
): string {
  const target = new URL(url, home);
  if (target.origin !== here.origin) return target.href;
  target.searchParams.set("zurueck", here.pathname + here.search);
  return target.pathname + target.search + target.hash;
}
