import { html, nothing, type TemplateResult } from "lit";
import { date, time } from "../shared/format";
import type { Entry } from "../shared/outbox";
import type { Button, Card, Message } from "../shared/protocol";
import { PORTAL_CARDS, REPLACES_TEXT, renderCard } from "./cards";
import type { CardContext } from "./context";

/** Who speaks, as it is written above a message. */
export function authorLabel(message: Pick<Message, "author" | "sender">): string {
  switch (message.author) {
    case "citizen":
      return "Sie";
    case "clerk":
      return message.sender
        ? `${message.sender.function}, ${message.sender.office} (Mensch)`
        : "Bürgerservice (Mensch)";
    case "system":
      return "Hinweis";
    default:
      return "Assistent (Computerprogramm)";
  }
}

/**
 * The text above the cards: the whole text, or its first line where a card shows the rest better. On another site's
 * page (`foreign`) personal cards show nothing, so their text stands whole.
 */
export function leadText(message: Pick<Message, "text" | "cards">, foreign = false): string {
  if (foreign && message.cards?.some(({ type }) => PORTAL_CARDS.has(type))) return message.text;
  if (message.cards?.some(({ type }) => type === "proposal")) return "";
  if (!message.cards?.some(({ type }) => REPLACES_TEXT.has(type))) return message.text;
  return message.text.split("\n", 1)[0] ?? "";
}

function offeredByCard(button: Button, cards: readonly Card[]): boolean {
  return cards.some((card) => {
    if (card.type === "summary")
      return button.payload === card.payload || button.payload.startsWith("/change");
    if (card.type === "proposal") return button.payload.startsWith("/proposal_");
    if (card.type === "consent") return button.payload.startsWith("/ask_");
    if (card.type === "queue")
      return (
        button.payload.startsWith("/back_to_bot") ||
        (card.options ?? []).some(({ payload }) => payload === button.payload)
      );
    if (card.type === "prefill") return button.payload === card.payload;
    if (card.type === "checklist") return card.steps.some(({ payload }) => payload === button.payload);
    return false;
  });
}

/** Buttons of a message that none of its cards shows already. */
export function ownButtons(message: Message): Button[] {
  return (message.buttons ?? []).filter((button) => !offeredByCard(button, message.cards ?? []));
}

/** A message as it is read out: who speaks, the whole text, and what can be pressed. */
export function spoken(message: Message): string {
  const titles = (message.buttons ?? []).map(({ title }) => title);
  const choices = titles.length ? ` Antwortmöglichkeiten: ${titles.join(", ")}.` : "";
  return `${authorLabel(message)}: ${message.text}${choices}`;
}

const ONE_TURN_MS = 1000;

/** Whether reading begins at this message: somebody else wrote it, or the assistant spoke anew. */
export function startsReading(message: Message, before: Message | undefined): boolean {
  if (message.author !== "bot" || !before) return true;
  return before.author === "bot" && Date.parse(message.at) - Date.parse(before.at) > ONE_TURN_MS;
}

export interface MessageView {
  message: Message;
  /** Reading begins here. */
  starts: boolean;
  /** The same author as before: the label is not repeated for the eye. */
  continued: boolean;
  buttonsOpen: boolean;
  /** The clerk has seen it, and nothing after it. */
  read: boolean;
  context: CardContext;
}

export function renderMessage({ message, starts, continued, buttonsOpen, read, context }: MessageView): TemplateResult {
  const buttons = ownButtons(message);
  const lead = leadText(message, context.foreign);
  return html`<article class="message from-${message.author} ${continued ? "is-continued" : ""} ${starts ? "is-start" : ""}" lang=${message.lang ?? "de"}>
    <p class="meta"><span class="author">${authorLabel(message)}</span> <time datetime=${message.at}><span class="on-paper">${date(message.at)}, </span>${time(message.at)}</time>${read ? html` <span>gelesen</span>` : nothing}</p>
    ${lead ? html`<p class="bubble">${lead}</p>` : nothing}
    ${(message.cards ?? []).map((card) => renderCard(card, context, message))}
    ${
      buttonsOpen && buttons.length
        ? html`<div class="actions replies" role="group" aria-label="Antwortmöglichkeiten">
            ${buttons.map(
              ({ title, payload }) =>
                html`<button type="button" class="btn ${payload.startsWith("/start") ? "accent" : ""}" @click=${() => context.press(title, payload)}>${title}</button>`,
            )}
          </div>`
        : nothing
    }
  </article>`;
}

const SENDING: Record<Entry["state"], string> = {
  wartet: "wird gesendet",
  wird_gesendet: "wird gesendet",
  gesendet: "gesendet",
  nicht_gesendet: "noch nicht gesendet",
};

/** An own message that the server has not numbered yet. */
export function renderEcho(entry: Entry, online: boolean, retry: () => void, discard: () => void): TemplateResult {
  return html`<article class="message from-citizen is-echo is-start">
    <p class="meta"><span class="author">Sie</span> <span>${SENDING[online || entry.state === "gesendet" ? entry.state : "nicht_gesendet"]}</span></p>
    <p class="bubble">${entry.echo}</p>
    ${
      entry.state === "nicht_gesendet"
        ? html`<p class="send-error">${entry.reason}</p>
            <p class="actions end"><button type="button" class="btn small" @click=${retry}>Erneut versuchen</button>
            <button type="button" class="btn small" @click=${discard}>Verwerfen</button></p>`
        : nothing
    }
  </article>`;
}
