import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "./desk";
import type { ChatView, DraftField } from "./protocol";

const STATES: Record<DraftField["state"], string> = {
  offen: "offen",
  vorgeschlagen: "noch nicht freigegeben",
  beantwortet: "",
  entfaellt: "entfällt",
};

const EVIDENCE: Record<string, string> = {
  offen: "fehlt",
  vorhanden: "liegt vor",
  nachgereicht: "wird nachgereicht",
};

const TRUST: Record<string, string> = {
  niedrig: "niedrig",
  substantiell: "substantiell",
  hoch: "hoch (Online-Ausweis)",
};

const YES_NO = [
  { id: "ja", label: "Ja" },
  { id: "nein", label: "Nein" },
];

interface SideContext {
  editing: string | null;
  setEditing(field: string | null): void;
}

function editor(field: DraftField, desk: Desk, context: SideContext): TemplateResult {
  const options = field.type === "yes_no" && !field.options?.length ? YES_NO : field.options;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).elements.namedItem("wert") as HTMLInputElement;
    if (await desk.propose(field.id, input.value.trim())) context.setEditing(null);
  };
  return html`<form class="ak-propose" @submit=${submit} @keydown=${(event: KeyboardEvent) => {
    if (event.key === "Escape") context.setEditing(null);
  }}>
    <label for="ak-value">Vorschlag für „${field.label}“</label>
    ${
      options?.length
        ? html`<select id="ak-value" name="wert">${options.map(({ id, label }) => html`<option value=${id}>${label}</option>`)}</select>`
        : html`<input id="ak-value" name="wert" type=${field.type === "date" ? "date" : "text"} required autocomplete="off" />`
    }
    <div class="ak-tools"><button type="submit" class="ak-btn is-primary">Vorschlagen</button>
    <button type="button" class="ak-btn" @click=${() => context.setEditing(null)}>Abbrechen</button></div>
  </form>`;
}

function field(entry: DraftField, asked: boolean, desk: Desk, context: SideContext): TemplateResult {
  const revealed = desk.revealed.get(entry.id);
  const value = revealed ?? entry.display;
  return html`<div class="ak-field ${asked ? "is-asked" : ""}">
    <dt>${entry.label}${asked ? html` <span class="ak-chip">wird gerade gefragt</span>` : nothing}</dt>
    <dd>
      <span class=${value ? "" : "ak-muted"}>${value || STATES[entry.state] || "keine Angabe"}</span>
      ${
        desk.mine && context.editing !== entry.id
          ? html`<span class="ak-field-tools">
              ${entry.masked && revealed === undefined ? html`<button type="button" class="ak-link" @click=${() => void desk.reveal(entry.id)}>Anzeigen<span class="ak-sr">: ${entry.label}</span></button>` : nothing}
              ${entry.state === "entfaellt" ? nothing : html`<button type="button" class="ak-link" @click=${() => context.setEditing(entry.id)}>Vorschlagen<span class="ak-sr">: ${entry.label}</span></button>`}
            </span>`
          : nothing
      }
      ${context.editing === entry.id ? editor(entry, desk, context) : nothing}
    </dd>
  </div>`;
}

function draft(view: ChatView, desk: Desk, context: SideContext): TemplateResult | typeof nothing {
  const form = view.draft;
  if (!form) return nothing;
  return html`<section>
    <h3>Antrag in Arbeit</h3>
    ${form.fields.some(({ masked }) => masked) ? html`<p class="ak-note">Verdeckte Angaben: Jeder Einblick wird protokolliert und der Person im Gespräch angezeigt.</p>` : nothing}
    <dl class="ak-fields">${form.fields.map((entry) => field(entry, form.next?.id === entry.id, desk, context))}</dl>
    ${
      form.evidence.length
        ? html`<h4>Unterlagen</h4><ul class="ak-list">${form.evidence.map(
            (entry) =>
              html`<li>${entry.label}: ${EVIDENCE[entry.state] ?? entry.state}${entry.document ? ` (${entry.document.filename})` : ""}</li>`,
          )}</ul>`
        : nothing
    }
  </section>`;
}

function service(view: ChatView): TemplateResult | typeof nothing {
  const entry = view.service;
  if (!entry) return nothing;
  return html`<section>
    <h3>Leistung</h3>
    <dl class="ak-fields">
      ${entry.fee ? html`<div class="ak-field"><dt>Kosten</dt><dd>${entry.fee}</dd></div>` : nothing}
      ${entry.deadline ? html`<div class="ak-field"><dt>Frist</dt><dd>${entry.deadline}</dd></div>` : nothing}
    </dl>
    ${entry.url ? html`<p><a class="kern-link" href=${entry.url} target="_blank" rel="noopener">${entry.name} (neues Fenster)</a></p>` : html`<p>${entry.name}</p>`}
  </section>`;
}

export function sidePane(desk: Desk, context: SideContext): TemplateResult | typeof nothing {
  const { view } = desk;
  if (!view) return nothing;
  const { citizen } = view;
  return html`<aside class="ak-side" aria-label="Zum Gespräch" tabindex="0">
    <section>
      <h3>Kurz gefasst</h3>
      <ul class="ak-list">${view.summary.map((line) => html`<li>${line}</li>`)}</ul>
      <p><span class="ak-chip">${citizen.bound ? "angemeldet" : "nicht angemeldet"}</span>
        ${citizen.trust ? html`<span class="ak-chip">Vertrauensniveau ${TRUST[citizen.trust] ?? citizen.trust}</span>` : nothing}</p>
    </section>
    ${draft(view, desk, context)} ${service(view)}
  </aside>`;
}
