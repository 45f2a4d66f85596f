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
  /** `url` with the current page as the way back. */
  withReturn(url: string): string;
  bearer(): Promise<string | null>;
  csrf(): string | null;
}

/** Adds the current page as `zurueck`, unless the link already names a way back. */
export function withReturn(url: string, here: { pathname: string; search: string; origin: string }): string {
  const target = new URL(url, here.origin);
  if (target.origin !== here.origin) return url;
  if (!target.searchParams.has("zurueck")) target.searchParams.set("zurueck", here.pathname + here.search);
  return target.pathname + target.search + target.hash;
}
