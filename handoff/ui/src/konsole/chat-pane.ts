import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { time } from "../shared/format";
import type { Card, Message } from "../shared/protocol";
import type { Desk, Pending } from "./desk";

const AUTHORS: Record<Message["author"], string> = {
  citizen: "Bürgerin oder Bürger",
  bot: "Assistent",
  clerk: "Bürgerservice",
  system: "Hinweis",
};

const CARDS: Record<Card["type"], string> = {
  checklist: "Checkliste",
  service: "Leistungsbeschreibung",
  login: "Bitte um Anmeldung",
  prefill: "Freigabe gespeicherter Daten",
  question: "Frage des Antrags",
  upload: "Bitte um Unterlage",
  identity: "Identitätsnachweis",
  summary: "Zusammenfassung",
  receipt: "Eingangsbestätigung",
  proposal: "Ihr Vorschlag",
  queue: "Warteschlange",
};

function message(entry: Message): TemplateResult {
  const author = entry.author === "clerk" && entry.sender ? entry.sender.function : AUTHORS[entry.author];
  return html`<article class="ak-message is-${entry.author}">
    <p class="ak-meta"><strong>${author}</strong> <time datetime=${entry.at}>${time(entry.at)}</time></p>
    ${entry.text ? html`<p class="ak-bubble">${entry.text}</p>` : nothing}
    ${entry.cards?.length ? html`<p class="ak-chips">${entry.cards.map(({ type }) => html`<span class="ak-chip">${CARDS[type] ?? type}</span>`)}</p>` : nothing}
  </article>`;
}

function pending(entry: Pending, retry: () => void): TemplateResult {
  return html`<article class="ak-message is-clerk is-pending">
    <p class="ak-meta"><strong>Sie</strong> <span>${entry.failed ? "nicht gesendet" : "wird gesendet"}</span></p>
    <p class="ak-bubble">${entry.text}</p>
    ${entry.failed ? html`<button type="button" class="kern-btn kern-btn--tertiary" @click=${retry}><span class="kern-label">Erneut versuchen</span></button>` : nothing}
  </article>`;
}

const PHASES: Record<string, string> = {
  bot: "Der Assistent antwortet",
  waiting: "Wartet auf einen Menschen",
  clerk: "In Bearbeitung",
  closed: "Beendet",
};

interface ChatContext {
  closing: boolean;
  setClosing(closing: boolean): void;
}

function tools(desk: Desk, context: ChatContext): TemplateResult | typeof nothing {
  if (!desk.mine) return nothing;
  if (context.closing) {
    const close = (event: SubmitEvent) => {
      event.preventDefault();
      const result = (event.currentTarget as HTMLFormElement).elements.namedItem(
        "ergebnis",
      ) as HTMLInputElement;
      context.setClosing(false);
      void desk.leave("chat.close", result.value);
    };
    return html`<form class="ak-close" @submit=${close}>
      <label for="ak-result">Ergebnis des Gesprächs</label>
      <input id="ak-result" name="ergebnis" maxlength="500" required autocomplete="off" />
      <button type="submit" class="ak-btn is-danger">Endgültig beenden</button>
      <button type="button" class="ak-btn" @click=${() => context.setClosing(false)}>Abbrechen</button>
    </form>`;
  }
  return html`<div class="ak-tools">
    <button type="button" class="ak-btn is-primary" @click=${() => void desk.leave("chat.hand_back")}>An den Assistenten zurückgeben</button>
    <button type="button" class="ak-btn" @click=${() => void desk.leave("chat.release")}>Freigeben</button>
    <button type="button" class="ak-btn" @click=${() => context.setClosing(true)}>Beenden</button>
  </div>`;
}

function reply(desk: Desk): TemplateResult {
  const send = (form: HTMLFormElement) => {
    const field = form.elements.namedItem("antwort") as HTMLTextAreaElement;
    const text = field.value.trim();
    if (!text || !desk.mine) return;
    field.value = "";
    void desk.send(text);
  };
  return html`<form class="ak-reply" @submit=${(event: SubmitEvent) => {
    event.preventDefault();
    send(event.currentTarget as HTMLFormElement);
  }}>
    <label for="ak-text">Antwort an die Bürgerin oder den Bürger</label>
    <div class="ak-reply-row">
      <textarea id="ak-text" name="antwort" rows="3" maxlength="4000" ?disabled=${!desk.mine} aria-describedby="ak-text-hint"
        @input=${() => desk.typing(true)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send((event.currentTarget as HTMLTextAreaElement).form as HTMLFormElement);
        }}></textarea>
      <button type="submit" class="ak-btn is-primary" ?disabled=${!desk.mine}>Senden</button>
    </div>
    <p class="ak-muted" id="ak-text-hint">Enter sendet, Umschalt und Enter beginnt eine neue Zeile.</p>
  </form>`;
}

export function chatPane(desk: Desk, context: ChatContext): TemplateResult {
  const { view } = desk;
  if (!view) {
    return html`<main class="ak-chat is-empty" tabindex="-1">
      <div><h2>Kein Gespräch geöffnet</h2>
      <p class="ak-muted">Wählen Sie links ein Gespräch. Mit <kbd>j</kbd> und <kbd>k</kbd> gehen Sie durch die Liste, mit <kbd>Enter</kbd> übernehmen Sie, mit <kbd>?</kbd> sehen Sie alle Tasten.</p></div>
    </main>`;
  }
  return html`<main class="ak-chat">
    <header class="ak-chat-head">
      <div><h2>${view.topic || "Allgemeine Frage"}</h2><p class="ak-muted">${PHASES[view.state.phase]}${desk.citizenTypes ? ", schreibt gerade …" : ""}</p></div>
      ${tools(desk, context)}
    </header>
    <div class="ak-scroll" tabindex="0" role="region" aria-label="Gesprächsverlauf">
      <div class="ak-log" role="log" aria-live="polite">
        ${repeat(desk.log.messages, ({ seq }) => seq, message)}
        ${repeat(
          desk.pending,
          ({ id }) => id,
          (entry) => pending(entry, () => void desk.send(entry.text, entry.id)),
        )}
      </div>
    </div>
    ${reply(desk)}
  </main>`;
}
