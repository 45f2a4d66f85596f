import { html, type TemplateResult } from "lit";
import type { Card, Message } from "../../shared/protocol";
import type { CardContext } from "../context";
import { consent } from "./consent";
import { feedback } from "./feedback";
import { question, summary } from "./form";
import { Prefill } from "./prefill";
import { queue } from "./queue";
import { checklist, file, identity, login, onward, proposal, receipt, service } from "./simple";
import { Upload } from "./upload";

/** Defines the elements that cards need; safe to call again. */
export function defineCards(): void {
  if (!customElements.get("al-prefill")) customElements.define("al-prefill", Prefill);
  if (!customElements.get("al-upload")) customElements.define("al-upload", Upload);
}

/** Cards whose content or answer is personal: another site's page leads to the portal instead. */
export const PORTAL_CARDS: ReadonlySet<Card["type"]> = new Set([
  "login",
  "identity",
  "prefill",
  "upload",
  "summary",
  "receipt",
  "proposal",
  "consent",
  "file",
]);

function content(
  card: Card,
  context: CardContext,
  message: Pick<Message, "text" | "buttons">,
): TemplateResult | null {
  const buttons = message.buttons ?? [];
  if (context.foreign && PORTAL_CARDS.has(card.type)) return onward(context);
  switch (card.type) {
    case "checklist":
      return checklist(card, context);
    case "service":
      return service(card);
    case "login":
      return login(card, context);
    case "file":
      return file(card);
    case "prefill":
      return html`<al-prefill .card=${card} .context=${context}></al-prefill>`;
    case "question":
      return question(card, context, message.text, buttons);
    case "upload":
      return html`<al-upload .card=${card} .context=${context}></al-upload>`;
    case "identity":
      return identity(card, context);
    case "summary":
      return summary(card, context, buttons);
    case "receipt":
      return receipt(card);
    case "proposal":
      return proposal(card, context, buttons);
    case "consent":
      return consent(card, context, buttons);
    case "feedback":
      return feedback(card, context);
    case "queue":
      return context.open ? queue(card, context, buttons) : null;
    default:
      // A card of a newer server: its message carries the text for clients like this one.
      return null;
  }
}

/** Cards whose content repeats the message's text fallback, so that the text is not shown twice. */
export const REPLACES_TEXT: ReadonlySet<Card["type"]> = new Set([
  "checklist",
  "service",
  "prefill",
  "summary",
  "receipt",
  "queue",
  "consent",
]);

export function renderCard(
  card: Card,
  context: CardContext,
  message: Pick<Message, "text" | "buttons">,
): TemplateResult | null {
  const inner = content(card, context, message);
  if (!inner) return null;
  return html`<section class="card card-${card.type} ${context.open ? "" : "is-closed"} ${card.type === "receipt" && card.effect === "vorbereitung" ? "is-prepared" : ""}">${inner}</section>`;
}
