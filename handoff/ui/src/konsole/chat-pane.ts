import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { time } from "../shared/format";
import { lastRead } from "../shared/log";
import type { Card, Message } from "../shared/protocol";
import { composer } from "./composer";
import type { Desk, Pending } from "./desk";
import { type Panel, panelForm } from "./panels";

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
  file: "Gesendete Datei",
  prefill: "Freigabe gespeicherter Daten",
  question: "Frage des Antrags",
  upload: "Bitte um Unterlage",
  identity: "Identitätsnachweis",
  summary: "Zusammenfassung",
  receipt: "Eingangsbestätigung",
  proposal: "Vorschlag",
  consent: "Bitte um Zustimmung",
  queue: "Warteschlange",
  feedback: "Frage nach der Zufriedenheit",
};

function marking(desk: Desk, seq: number): TemplateResult {
  const mark = desk.view?.marks.find((one) => one.seq === seq);
  const button = (verdict: "gut" | "falsch", label: string) =>
    html`<button type="button" class="ak-link" aria-pressed=${mark?.verdict === verdict ? "true" : "false"}
      @click=${() => void desk.mark(seq, mark?.verdict === verdict ? "" : verdict)}>${label}</button>`;
  const wanted = (event: Event) => void desk.mark(seq, "falsch", (event.target as HTMLInputElement).value);
  return html`<div class="ak-marks" role="group" aria-label="Antwort des Assistenten bewerten">
    ${button("gut", "Gut verstanden")} ${button("falsch", "Falsch verstanden")}
    ${mark?.verdict === "falsch" ? html`<label>Was hätte er wissen müssen? <input type="text" maxlength="300" .value=${mark.wanted} @change=${wanted} /></label>` : nothing}
  </div>`;
}

function message(entry: Message, desk: Desk, read: boolean): TemplateResult {
  const author = entry.author === "clerk" && entry.sender ? entry.sender.function : AUTHORS[entry.author];
  return html`<article class="ak-message is-${entry.author}">
    <p class="ak-meta"><strong>${author}</strong> <time datetime=${entry.at}>${time(entry.at)}</time>${read ? html` <span>gelesen</span>` : nothing}</p>
    ${entry.text ? html`<p class="ak-bubble" lang=${entry.lang && entry.lang !== "de" ? entry.lang : nothing}>${entry.text}</p>` : nothing}
    ${entry.cards?.length ? html`<p class="ak-chips">${entry.cards.map(({ type }) => html`<span class="ak-chip">${CARDS[type] ?? type}</span>`)}</p>` : nothing}
    ${entry.author === "bot" && desk.mine ? marking(desk, entry.seq) : nothing}
  </article>`;
}

function pending(entry: Pending, retry: () => void): TemplateResult {
  return html`<article class="ak-message is-clerk is-pending">
    <p class="ak-meta"><strong>Sie</strong> <span>${entry.failed ? "nicht gesendet" : "wird gesendet"}</span></p>
    <p class="ak-bubble">${entry.text}</p>
    ${entry.failed ? html`<button type="button" class="ak-btn is-small" @click=${retry}>Erneut versuchen</button>` : nothing}
  </article>`;
}

export interface ChatContext {
  panel: Panel | null;
  setPanel(panel: Panel | null): void;
  leave(how: "chat.hand_back" | "chat.release" | "chat.step_out"): void;
  left(done: Promise<boolean>): void;
  insert(text: string): void;
}

function who(desk: Desk): string {
  const { view } = desk;
  if (!view) return "";
  const { phase, clerk, helpers } = view.state;
  if (phase === "closed") return "Beendet";
  if (phase === "bot") return "Der Assistent antwortet";
  if (phase === "waiting") return "Wartet auf einen Menschen";
  const all = [clerk, ...(helpers ?? [])].filter((one) => one !== undefined);
  const names = all.map((one) => `${one.function}, ${one.office}`).join(" und ");
  if (view.role === "leitung") return `Bei ${names}. Sie sehen als Leitung zu.`;
  return all.length > 1 ? `Zu zweit: ${names}` : "Bei Ihnen";
}

function tool(panel: Panel, label: string, key: string, context: ChatContext): TemplateResult {
  return html`<button type="button" class="ak-btn is-small" data-panel=${panel} aria-expanded=${context.panel === panel ? "true" : "false"} aria-keyshortcuts=${key}
    @click=${() => context.setPanel(context.panel === panel ? null : panel)}>${label} <kbd aria-hidden="true">${key}</kbd></button>`;
}

function tools(desk: Desk, context: ChatContext): TemplateResult | typeof nothing {
  if (!desk.mine) return nothing;
  if (!desk.owner) {
    return html`<div class="ak-tools" role="group" aria-label="Gespräch">
      ${desk.view?.draft ? tool("vermerk", "Vermerk", "v", context) : nothing}
      <button type="button" class="ak-btn is-small" @click=${() => context.leave("chat.step_out")}>Gespräch verlassen</button>
    </div>`;
  }
  return html`<div class="ak-tools" role="group" aria-label="Gespräch">
    ${
      desk.view?.state.assistant === "aus"
        ? html`<span class="ak-muted">Der Assistent ist abgeschaltet.</span>`
        : html`<button type="button" class="ak-btn is-small" aria-keyshortcuts="z" @click=${() => context.leave("chat.hand_back")}>An den Assistenten zurückgeben <kbd aria-hidden="true">z</kbd></button>`
    }
    ${tool("weitergeben", "Weitergeben", "g", context)}
    ${desk.view?.draft ? tool("vermerk", "Vermerk", "v", context) : nothing}
    <button type="button" class="ak-btn is-small" @click=${() => context.leave("chat.release")}>Freigeben</button>
    ${tool("beenden", "Beenden", "e", context)}
  </div>`;
}

function offered(desk: Desk): TemplateResult | typeof nothing {
  const open = desk.view?.offered ?? [];
  if (!open.length || !desk.owner) return nothing;
  return html`<p class="ak-offered"><span>Angeboten an: ${open.map(({ office, kind }) => `${office}${kind === "einladung" ? " (Einladung)" : ""}`).join(", ")}</span>
    <button type="button" class="ak-link" @click=${() => void desk.takeBack()}>Zurückziehen</button></p>`;
}

export function chatPane(desk: Desk, context: ChatContext): TemplateResult {
  const { view } = desk;
  if (!view) {
    return html`<main class="ak-chat is-empty" tabindex="-1">
      <div><h2>Kein Gespräch geöffnet</h2>
      <p class="ak-muted">Wählen Sie links ein Gespräch. Mit <kbd>n</kbd> nehmen Sie das nächste aus der Warteschlange, mit <kbd>j</kbd> und <kbd>k</kbd> gehen Sie durch die Liste, mit <kbd>?</kbd> sehen Sie alle Tasten.</p></div>
    </main>`;
  }
  const read = lastRead(desk.log.messages, "clerk", desk.readByCitizen);
  return html`<main class="ak-chat">
    <header class="ak-chat-head">
      <div><h2 id="ak-chat-title" tabindex="-1">${view.topic || "Allgemeine Frage"}</h2>
        <p class="ak-muted">${who(desk)}<span class="ak-typing" aria-live="polite">${desk.citizenTypes ? " · schreibt gerade …" : ""}</span></p></div>
      ${tools(desk, context)}
      ${offered(desk)}
    </header>
    ${context.panel && desk.mine ? panelForm(context.panel, desk, context) : nothing}
    <div class="ak-scroll" tabindex="0" role="region" aria-label="Gesprächsverlauf">
      ${view.from > 0 ? html`<p class="ak-note">Was vorher gesagt wurde und der Antrag sind Ihrer Stelle nicht freigegeben.</p>` : nothing}
      <div class="ak-log" role="log" aria-live="polite" aria-label="Nachrichten">
        ${repeat(
          desk.log.messages,
          ({ seq }) => seq,
          (entry) => message(entry, desk, entry.seq === read),
        )}
        ${repeat(
          desk.pending,
          ({ id }) => id,
          (entry) => pending(entry, () => void desk.send(entry.text, entry.id)),
        )}
      </div>
    </div>
    ${desk.mine ? composer(desk, context) : nothing}
  </main>`;
}
