import { html, nothing, type TemplateResult } from "lit";
import { waiting } from "../shared/format";
import type { Desk } from "./desk";
import { type Entry, type Offer, REASONS } from "./protocol";

interface QueueContext {
  selected: string | null;
  now: Date;
  pick(chat: string, own: boolean): void;
  accept(offer: Offer): void;
  next(): void;
}

/** Waiting longer than this is marked. */
const LONG_MS = 10 * 60_000;

function item(entry: Entry, own: boolean, desk: Desk, context: QueueContext): TemplateResult {
  const topic = entry.topic || "Allgemeine Frage";
  const long = !own && context.now.getTime() - Date.parse(entry.since) > LONG_MS;
  const reason = entry.reason_text ?? (entry.reason ? (REASONS[entry.reason] ?? entry.reason) : null);
  return html`<li>
    <button type="button" class="ak-entry ${entry.chat === context.selected ? "is-selected" : ""}" data-chat=${entry.chat} data-own=${own ? "1" : "0"}
      aria-current=${entry.chat === desk.view?.chat ? "true" : "false"} @click=${() => context.pick(entry.chat, own)}>
      <span class="ak-entry-top">
        ${own || entry.place === null ? nothing : html`<span class="ak-place"><span class="ak-sr">Platz </span>${entry.place}</span>`}
        <span class="ak-topic">${topic}</span>
        ${entry.unread ? html`<span class="ak-unread">${entry.unread}<span class="ak-sr"> ungelesen</span></span>` : nothing}
      </span>
      <span class="ak-meta"><span class=${long ? "ak-long" : ""}>${waiting(entry.since, context.now)}</span>${reason ? ` · ${reason}` : ""}${entry.returned && !own ? " · schon einmal übernommen" : ""}${entry.lang && entry.lang !== "de" ? ` · ${entry.lang}` : ""}</span>
      ${entry.last_text ? html`<span class="ak-last">${entry.last_text}</span>` : nothing}
      ${own ? nothing : html`<span class="ak-claim">Übernehmen</span>`}
    </button>
  </li>`;
}

function offer(entry: Offer, context: QueueContext): TemplateResult {
  return html`<li class="ak-offer">
    <p class="ak-topic">${entry.topic || "Allgemeine Frage"}</p>
    <p class="ak-meta">${entry.kind === "einladung" ? "Einladung" : "Übergabe"} von ${entry.from.function}, ${entry.from.office} · ${waiting(entry.since, context.now)}</p>
    ${entry.note ? html`<p class="ak-last">„${entry.note}“</p>` : nothing}
    ${entry.scope === "anliegen" ? html`<p class="ak-meta">Ohne das bisherige Gespräch</p>` : nothing}
    <button type="button" class="ak-btn is-primary is-small" data-offer=${entry.id} @click=${() => context.accept(entry)}>${entry.kind === "einladung" ? "Dazukommen" : "Annehmen"}<span class="ak-sr">: ${entry.topic || "Allgemeine Frage"}</span></button>
  </li>`;
}

export function queuePane(desk: Desk, context: QueueContext): TemplateResult {
  const { queue, board } = desk;
  const total = queue.waiting_total ?? queue.waiting.length;
  return html`<nav class="ak-queue" aria-label="Gespräche">
    ${
      board.offers.length
        ? html`<h2 id="ak-offers">An Sie gerichtet <span class="ak-count">${board.offers.length}</span></h2>
          <ul aria-labelledby="ak-offers">${board.offers.map((entry) => offer(entry, context))}</ul>`
        : nothing
    }
    <h2 id="ak-mine" tabindex="-1">Meine Gespräche <span class="ak-count">${queue.mine.length}</span></h2>
    ${
      queue.mine.length
        ? html`<ul aria-labelledby="ak-mine">${queue.mine.map((entry) => item(entry, true, desk, context))}</ul>`
        : html`<p class="ak-muted">Sie haben gerade kein Gespräch.</p>`
    }
    ${
      board.beside.length
        ? html`<h2 id="ak-beside">Als Zweite dabei <span class="ak-count">${board.beside.length}</span></h2>
          <ul aria-labelledby="ak-beside">${board.beside.map(
            (entry) => html`<li><button type="button" class="ak-entry" data-chat=${entry.chat} data-own="1" aria-current=${entry.chat === desk.view?.chat ? "true" : "false"} @click=${() => context.pick(entry.chat, true)}>
              <span class="ak-topic">${entry.topic || "Allgemeine Frage"}</span><span class="ak-meta">bei ${entry.clerk.function}, ${entry.clerk.office}</span></button></li>`,
          )}</ul>`
        : nothing
    }
    <h2 id="ak-waiting">Warteschlange <span class="ak-count">${total}</span></h2>
    ${
      queue.waiting.length
        ? html`<button type="button" class="ak-btn is-wide" aria-keyshortcuts="n" @click=${context.next}>Nächstes Gespräch <kbd>n</kbd></button>
          <ul aria-labelledby="ak-waiting">${queue.waiting.map((entry) => item(entry, false, desk, context))}</ul>
          ${total > queue.waiting.length ? html`<p class="ak-muted">und ${total - queue.waiting.length} weitere</p>` : nothing}`
        : html`<p class="ak-muted">Niemand wartet.</p>`
    }
  </nav>`;
}
