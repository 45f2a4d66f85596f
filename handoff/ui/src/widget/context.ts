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

/** A link of this origin with the current page as `zurueck`, so that the citizen returns to where they were. */
export function withReturn(url: string, here: { pathname: string; search: string; origin: string }): string {
  const target = new URL(url, here.origin);
  if (target.origin !== here.origin) return url;
  target.searchParams.set("zurueck", here.pathname + here.search);
  return target.pathname + target.search + target.hash;
}
