import type { Card, Message } from "../shared/protocol";

/** Cards that move the application forward: a later one closes the earlier ones. */
const FLOW: ReadonlySet<Card["type"]> = new Set([
  "login",
  "prefill",
  "question",
  "upload",
  "identity",
  "summary",
  "receipt",
  "proposal",
  "consent",
]);

export interface Offers {
  /** Number of the message whose buttons can be pressed; 0 when there is none. */
  buttons: number;
  /** Numbers of the messages whose cards can be used. */
  cards: ReadonlySet<number>;
}

function moves(message: Message): boolean {
  return (message.cards ?? []).some((card) => FLOW.has(card.type));
}

/**
 * Which offers of the log are still open.
 *
 * The last card that moves the application stays open through questions in between; it closes when it
 * was used (`used` holds message numbers) or when a later such card came. Buttons belong to the last
 * message that has any. A checklist stays usable: people come back to it. Of several queue cards only
 * the last one shows the place.
 */
export function openOffers(messages: readonly Message[], used: ReadonlySet<number>): Offers {
  const cards = new Set<number>();
  let buttons = 0;
  let flow = 0;
  let queue = 0;
  for (const message of messages) {
    if (message.author === "citizen") continue;
    if (moves(message)) {
      flow = message.seq;
      buttons = 0;
    } else if (message.cards?.some(({ type }) => type === "queue")) {
      queue = message.seq;
    } else if (message.cards?.length) {
      cards.add(message.seq);
    }
    if (message.buttons?.length) buttons = message.seq;
  }
  if (queue) cards.add(queue);
  if (flow && !used.has(flow)) cards.add(flow);
  return { buttons: used.has(buttons) ? 0 : buttons, cards };
}

/** The upload card that is open now, with the number of its message. */
export function openUpload(messages: readonly Message[], offers: Offers) {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (!message || !offers.cards.has(message.seq)) continue;
    for (const card of message.cards ?? []) {
      if (card.type === "upload") return { seq: message.seq, card };
    }
  }
  return null;
}
