import { html, nothing, type TemplateResult } from "lit";
import type { ChatContext } from "./chat-pane";
import type { Desk } from "./desk";
import type { Fact } from "./protocol";

const MARKS: Record<string, string> = { geprueft: "geprüft", stand_pruefen: "Stand prüfen" };

export function mark(value: Fact["mark"]): TemplateResult | typeof nothing {
  if (!value) return nothing;
  return html` <span class="ak-chip ${value === "geprueft" ? "is-good" : "is-warn"}">${MARKS[value]}</span>`;
}

/** One fact of the catalogue with a button that puts it, with its source, into the reply. */
export function fact(entry: Fact, service: string, insert: ((text: string) => void) | null): TemplateResult {
  return html`<div class="ak-field">
    <dt>${entry.label}${mark(entry.mark)}</dt>
    <dd><span>${entry.value}</span>${insert ? html`<button type="button" class="ak-link" @click=${() => insert(entry.text)}>Einfügen<span class="ak-sr">: ${entry.label}, ${service}</span></button>` : nothing}</dd>
  </div>`;
}

function replies(desk: Desk, context: ChatContext): TemplateResult {
  if (!desk.replies) return html`<p class="ak-muted">Wird geladen …</p>`;
  if (!desk.replies.length) return html`<p class="ak-muted">Für Ihre Stelle gibt es noch keine Textbausteine.</p>`;
  return html`<ul class="ak-picks">${desk.replies.map(
    (entry) => html`<li><button type="button" class="ak-pick" @click=${() => context.insert(entry.text)}>
      <strong>${entry.title}</strong>
      ${entry.gaps.length ? html`<span class="ak-chip is-warn">${entry.gaps.length === 1 ? "eine Lücke" : `${entry.gaps.length} Lücken`}</span>` : nothing}
      <span class="ak-last">${entry.text}</span></button></li>`,
  )}</ul>`;
}

function catalogue(desk: Desk, context: ChatContext): TemplateResult {
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).elements.namedItem("worte") as HTMLInputElement;
    if (input.value.trim()) void desk.search(input.value.trim());
  };
  return html`<form class="ak-search" role="search" @submit=${search}>
      <label for="ak-words">Leistung suchen</label>
      <div class="ak-row"><input id="ak-words" name="worte" autocomplete="off" maxlength="200" /><button type="submit" class="ak-btn">Suchen</button></div>
    </form>
    <div aria-live="polite">
      ${
        desk.facts
          ? html`<h4>${desk.facts.name}</h4><dl class="ak-fields">${desk.facts.facts.map((entry) => fact(entry, desk.facts?.name ?? "", context.insert))}</dl>`
          : desk.found
            ? desk.found.length
              ? html`<ul class="ak-picks">${desk.found.map(({ id, name }) => html`<li><button type="button" class="ak-pick" @click=${() => void desk.loadFacts(id)}><strong>${name}</strong></button></li>`)}</ul>`
              : html`<p class="ak-muted">Dazu steht nichts im Katalog.</p>`
            : nothing
      }
    </div>`;
}

/** The reply with what can be put into it. */
export function composer(desk: Desk, context: ChatContext): TemplateResult {
  const send = (form: HTMLFormElement) => {
    const field = form.elements.namedItem("antwort") as HTMLTextAreaElement;
    const text = field.value.trim();
    if (!text || !desk.mine) return;
    field.value = "";
    void desk.send(text);
  };
  const open = context.panel === "bausteine" || context.panel === "katalog" ? context.panel : null;
  const toggle = (panel: "bausteine" | "katalog") => context.setPanel(open === panel ? null : panel);
  return html`<div class="ak-reply">
    ${
      open
        ? html`<section class="ak-inserts" aria-label=${open === "katalog" ? "Auskünfte aus dem Katalog" : "Textbausteine"}>
            ${open === "katalog" ? catalogue(desk, context) : replies(desk, context)}</section>`
        : nothing
    }
    <form @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      send(event.currentTarget as HTMLFormElement);
    }}>
      <div class="ak-reply-bar">
        <label for="ak-text">Antwort an die Bürgerin oder den Bürger</label>
        <button type="button" class="ak-link" data-panel="bausteine" aria-expanded=${open === "bausteine"} aria-keyshortcuts="b" @click=${() => toggle("bausteine")}>Textbausteine <kbd aria-hidden="true">b</kbd></button>
        <button type="button" class="ak-link" data-panel="katalog" aria-expanded=${open === "katalog"} aria-keyshortcuts="l" @click=${() => toggle("katalog")}>Katalog <kbd aria-hidden="true">l</kbd></button>
      </div>
      <div class="ak-row">
        <textarea id="ak-text" name="antwort" rows="3" maxlength="4000" aria-describedby="ak-text-hint"
          @input=${() => desk.typing(true)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send((event.currentTarget as HTMLTextAreaElement).form as HTMLFormElement);
          }}></textarea>
        <button type="submit" class="ak-btn is-primary">Senden</button>
      </div>
      <p class="ak-hint" id="ak-text-hint">Enter sendet, Umschalt und Enter beginnt eine neue Zeile, Esc führt zur Liste.</p>
    </form>
  </div>`;
}
