import { html, nothing, type TemplateResult } from "lit";
import { time } from "../shared/format";
import { fact } from "./composer";
import type { Desk } from "./desk";
import type { Ask, ChatView, DraftField, Evidence } from "./protocol";

const STATES: Record<DraftField["state"], string> = {
  offen: "fehlt",
  vorgeschlagen: "noch nicht freigegeben",
  beantwortet: "keine Angabe",
  entfaellt: "entfällt",
};

const EVIDENCE: Record<string, string> = {
  offen: "fehlt",
  vorhanden: "liegt vor",
  nachgereicht: "wird nachgereicht",
  entfaellt: "entfällt",
};

const TRUST: Record<string, string> = {
  niedrig: "niedrig",
  substantiell: "substantiell",
  hoch: "hoch (Online-Ausweis)",
};

const ASKED: Record<Ask["status"], string> = {
  offen: "wartet auf Antwort",
  erteilt: "freigegeben",
  abgelehnt: "abgelehnt",
  widerrufen: "zurückgenommen",
};

const YES_NO = [
  { id: "ja", label: "Ja" },
  { id: "nein", label: "Nein" },
];

export interface SideContext {
  editing: string | null;
  setEditing(field: string | null): void;
  /** The document that is being asked for, `daten` for a data set, null for nothing. */
  asking: string | null;
  setAsking(what: string | null): void;
  insert(text: string): void;
}

function formValue(event: SubmitEvent, name: string): string {
  const form = event.currentTarget as HTMLFormElement;
  return (form.elements.namedItem(name) as HTMLInputElement).value.trim();
}

function escape(close: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
}

function editor(field: DraftField, desk: Desk, context: SideContext): TemplateResult {
  const options = field.type === "yes_no" && !field.options?.length ? YES_NO : field.options;
  const close = () => context.setEditing(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await desk.propose(field.id, formValue(event, "wert"))) close();
  };
  return html`<form class="ak-propose" @submit=${submit} @keydown=${escape(close)}>
    <label for="ak-value">Vorschlag für „${field.label}“</label>
    ${
      options?.length
        ? html`<select id="ak-value" name="wert">${options.map(({ id, label }) => html`<option value=${id}>${label}</option>`)}</select>`
        : html`<input id="ak-value" name="wert" type=${field.type === "date" ? "date" : "text"} required autocomplete="off" />`
    }
    <div class="ak-tools"><button type="submit" class="ak-btn is-primary is-small">Vorschlagen</button>
    <button type="button" class="ak-btn is-small" @click=${close}>Abbrechen</button></div>
  </form>`;
}

function field(entry: DraftField, asked: boolean, desk: Desk, context: SideContext): TemplateResult {
  const revealed = desk.revealed.get(entry.id);
  const value = revealed ?? entry.display;
  const missing = entry.state === "offen" && entry.required !== false;
  const shown = entry.withheld
    ? html`<span class="ak-muted">Auskunftssperre: wird nicht gezeigt</span>`
    : html`<span class=${value ? "" : "ak-muted"}>${value || STATES[entry.state]}</span>`;
  const tools =
    desk.mine && context.editing !== entry.id && !entry.withheld
      ? html`<span class="ak-field-tools">
          ${entry.masked && revealed === undefined ? html`<button type="button" class="ak-link" @click=${() => void desk.reveal(entry.id)}>Anzeigen<span class="ak-sr">: ${entry.label}</span></button>` : nothing}
          ${entry.state === "entfaellt" ? nothing : html`<button type="button" class="ak-link" data-edit=${entry.id} @click=${() => context.setEditing(entry.id)}>Vorschlagen<span class="ak-sr">: ${entry.label}</span></button>`}
        </span>`
      : nothing;
  return html`<div class="ak-field ${asked ? "is-asked" : ""} ${missing ? "is-missing" : ""} ${entry.doubt ? "is-doubtful" : ""}">
    <dt>${entry.label}${asked ? html` <span class="ak-chip">wird gerade gefragt</span>` : nothing}</dt>
    <dd>${shown}${tools}
      ${entry.doubt ? html`<span class="ak-doubt">Bitte prüfen: ${entry.doubt}</span>` : nothing}
      ${context.editing === entry.id ? editor(entry, desk, context) : nothing}
    </dd>
  </div>`;
}

/** A short form that asks the citizen for something, with its purpose. */
function wish(
  desk: Desk,
  context: SideContext,
  kind: "daten" | "dokument",
  what: string | null,
  label: string,
): TemplateResult {
  const close = () => context.setAsking(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await desk.ask(kind, what ?? formValue(event, "was"), formValue(event, "zweck"))) close();
  };
  const sets = desk.view?.citizen.data_sets ?? [];
  return html`<form class="ak-propose" @submit=${submit} @keydown=${escape(close)}>
    ${
      what === null
        ? html`<label for="ak-what">Welche Daten</label>
          <select id="ak-what" name="was" data-ask>${sets.map(({ id, label, fields }) => html`<option value=${id}>${label} (${fields.join(", ")})</option>`)}</select>`
        : nothing
    }
    <label for="ak-purpose">Wofür (das liest die Person)</label>
    <input id="ak-purpose" name="zweck" required maxlength="300" autocomplete="off" .value=${label} />
    <div class="ak-tools"><button type="submit" class="ak-btn is-primary is-small">Im Chat darum bitten</button>
    <button type="button" class="ak-btn is-small" @click=${close}>Abbrechen</button></div>
  </form>`;
}

function evidence(entry: Evidence, desk: Desk, context: SideContext): TemplateResult {
  const open = context.asking === entry.id;
  return html`<div class="ak-field ${entry.state === "offen" ? "is-missing" : ""}">
    <dt>${entry.label}</dt>
    <dd><span class=${entry.state === "vorhanden" ? "" : "ak-muted"}>${EVIDENCE[entry.state] ?? entry.state}${entry.document ? `: ${entry.document.filename}` : ""}</span>
      ${desk.mine && !open && entry.state !== "entfaellt" ? html`<button type="button" class="ak-link" data-asking=${entry.id} @click=${() => context.setAsking(entry.id)}>${entry.document ? "Einsicht erbitten" : "Anfordern"}<span class="ak-sr">: ${entry.label}</span></button>` : nothing}
      ${open ? wish(desk, context, "dokument", entry.id, `Prüfung der Unterlage „${entry.label}“`) : nothing}</dd>
  </div>`;
}

const OTHER_PARENT: Record<string, string> = {
  noetig: "noch nicht gefragt",
  veraltet: "muss noch einmal bestätigen, der Antrag ist geändert",
  angefragt: "noch nicht entschieden",
  bestaetigt: "hat bestätigt",
  abgelehnt: "hat nicht bestätigt",
};

function draft(view: ChatView, desk: Desk, context: SideContext): TemplateResult | typeof nothing {
  const form = view.draft;
  if (!form) return nothing;
  const due = form.fields.filter(({ state }) => state !== "entfaellt");
  const filled = due.filter(({ state }) => state === "beantwortet").length;
  const missing = due.filter(({ state, required }) => state !== "beantwortet" && required !== false).length;
  const doubtful = due.filter(({ doubt }) => doubt).length;
  return html`<section aria-labelledby="ak-draft">
    <h3 id="ak-draft">Antrag in Arbeit</h3>
    ${form.acting ? html`<p>${form.acting}.</p>` : nothing}
    ${form.second_parent ? html`<p>Anderer Elternteil: ${OTHER_PARENT[form.second_parent] ?? form.second_parent}</p>` : nothing}
    <p class="ak-counts"><span class="ak-chip is-good">${filled} ausgefüllt</span> <span class="ak-chip ${missing ? "is-warn" : ""}">${missing} fehlen</span>${doubtful ? html` <span class="ak-chip is-warn">${doubtful} zu prüfen</span>` : nothing}</p>
    ${form.fields.some(({ masked }) => masked) ? html`<p class="ak-hint">Verdeckte Angaben: Jeder Einblick wird protokolliert und der Person angezeigt.</p>` : nothing}
    <dl class="ak-fields">${form.fields.map((entry) => field(entry, form.next?.id === entry.id, desk, context))}</dl>
    ${form.evidence.length ? html`<h4>Unterlagen</h4><dl class="ak-fields">${form.evidence.map((entry) => evidence(entry, desk, context))}</dl>` : nothing}
  </section>`;
}

function ask(entry: Ask, desk: Desk): TemplateResult {
  const values = desk.released.get(entry.id);
  return html`<div class="ak-field">
    <dt>${entry.label} <span class="ak-chip ${entry.status === "erteilt" ? "is-good" : ""}">${ASKED[entry.status]}</span></dt>
    <dd>
      ${
        values
          ? html`<ul class="ak-values">${values.map((one) => html`<li><span class="ak-muted">${one.label}</span> ${one.value}</li>`)}</ul>`
          : html`<span class="ak-muted">${entry.items.join(", ")}</span>`
      }
      ${
        entry.status === "erteilt" && desk.mine
          ? entry.document_url
            ? html`<a class="ak-link" href=${entry.document_url} target="_blank" rel="noopener">Öffnen<span class="ak-sr">: ${entry.label}, neues Fenster, wird protokolliert</span></a>`
            : entry.kind === "daten" && !values
              ? html`<button type="button" class="ak-link" @click=${() => void desk.openReleased(entry.id)}>Anzeigen<span class="ak-sr">: ${entry.label}, wird protokolliert</span></button>`
              : nothing
          : nothing
      }
    </dd>
  </div>`;
}

function person(view: ChatView, desk: Desk, context: SideContext): TemplateResult {
  const { citizen } = view;
  const asks = view.asks.filter(({ kind }) => kind !== "weitergabe");
  return html`<section aria-labelledby="ak-person">
    <h3 id="ak-person">Person</h3>
    <p class="ak-counts"><span class="ak-chip ${citizen.bound ? "is-good" : ""}">${citizen.bound ? "angemeldet" : "nicht angemeldet"}</span>
      ${citizen.trust ? html`<span class="ak-chip">Vertrauen: ${TRUST[citizen.trust] ?? citizen.trust}</span>` : nothing}</p>
    ${citizen.bound && citizen.address_locked ? html`<p class="ak-note">Auskunftssperre (§ 51 BMG): Anschriften werden hier nirgends gezeigt.</p>` : nothing}
    ${asks.length ? html`<dl class="ak-fields">${asks.map((entry) => ask(entry, desk))}</dl>` : nothing}
    ${
      desk.mine && citizen.data_sets.length
        ? context.asking === "daten"
          ? wish(desk, context, "daten", null, `Bearbeitung von „${view.topic || "Ihrem Anliegen"}“`)
          : html`<button type="button" class="ak-btn is-small" data-asking="daten" @click=${() => context.setAsking("daten")}>Gespeicherte Daten erbitten</button>`
        : nothing
    }
  </section>`;
}

function service(view: ChatView, desk: Desk, context: SideContext): TemplateResult | typeof nothing {
  const entry = view.service;
  if (!entry) return nothing;
  return html`<section aria-labelledby="ak-service">
    <h3 id="ak-service">Leistung</h3>
    <dl class="ak-fields">${entry.facts.map((one) => fact(one, entry.name, desk.mine ? context.insert : null))}</dl>
    ${entry.url ? html`<p class="ak-hint"><a class="ak-link" href=${entry.url} target="_blank" rel="noopener">${entry.name} (neues Fenster)</a></p>` : nothing}
  </section>`;
}

function notes(view: ChatView, desk: Desk): TemplateResult {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (await desk.note(formValue(event, "notiz"))) form.reset();
  };
  return html`<section aria-labelledby="ak-notes">
    <h3 id="ak-notes">Interne Notizen</h3>
    ${view.notes.length ? html`<ul class="ak-noted">${view.notes.map((one) => html`<li><p class="ak-meta"><strong>${one.function}</strong> <time datetime=${one.at}>${time(one.at)}</time></p><p>${one.text}</p></li>`)}</ul>` : nothing}
    ${
      desk.mine
        ? html`<form class="ak-propose" @submit=${submit}>
            <label for="ak-note-text">Neue Notiz <span class="ak-muted">(sieht nur Ihre Stelle)</span></label>
            <textarea id="ak-note-text" name="notiz" rows="2" maxlength="4000" required></textarea>
            <div class="ak-tools"><button type="submit" class="ak-btn is-small">Notiz speichern</button></div>
          </form>`
        : nothing
    }
  </section>`;
}

export function sidePane(desk: Desk, context: SideContext): TemplateResult | typeof nothing {
  const { view } = desk;
  if (!view) return nothing;
  return html`<aside class="ak-side" aria-label="Zum Gespräch" tabindex="0">
    ${
      view.summary.length
        ? html`<section aria-labelledby="ak-summary"><h3 id="ak-summary">Kurz gefasst</h3>
          <ul class="ak-list">${view.summary.map((line) => html`<li>${line}</li>`)}</ul></section>`
        : nothing
    }
    ${person(view, desk, context)} ${draft(view, desk, context)} ${service(view, desk, context)} ${notes(view, desk)}
  </aside>`;
}
