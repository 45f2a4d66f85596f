import { html, LitElement, nothing, type TemplateResult } from "lit";
import { date, office } from "../../shared/format";
import { icons } from "../../shared/icons";
import type { PrefillCard, PrefillField } from "../../shared/protocol";
import type { CardContext } from "../context";
import { releaseValues } from "./release";
import { wording } from "./wording";

const INPUTS: Partial<Record<PrefillField["type"], string>> = {
  date: "date",
  email: "email",
  phone: "tel",
  integer: "number",
};

const YES_NO = [
  { id: "ja", label: "Ja" },
  { id: "nein", label: "Nein" },
];

/** The once-only card: which stored data may be used for this purpose and this recipient. */
export class Prefill extends LitElement {
  static override properties = {
    card: { attribute: false },
    context: { attribute: false },
    editing: { state: true },
    released: { state: true },
    changed: { state: true },
  };
  declare card: PrefillCard;
  declare context: CardContext;
  declare editing: string | null;
  declare released: ReadonlySet<string> | null;
  declare changed: ReadonlyMap<string, string>;

  constructor() {
    super();
    this.editing = null;
    this.released = null;
    this.changed = new Map();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private get chosen(): ReadonlySet<string> {
    return (
      this.released ??
      new Set(this.card.fields.filter(({ state }) => state === "vorhanden").map(({ id }) => id))
    );
  }

  protected override render(): TemplateResult {
    if (!this.context.open) {
      return html`<h3>Ihre gespeicherten Daten</h3>
        <p class="done-line">${icons.check} Entschieden</p>
        <details><summary>Angebotene Daten ansehen</summary>${this.offer()}</details>`;
    }
    const idle = this.editing === null;
    return html`<h3>Ihre gespeicherten Daten verwenden?</h3>
      <p>Diese Angaben liegen in Ihrem Konto. Sie entscheiden, was verwendet wird.</p>
      ${this.offer()}
      <button type="button" class="btn primary wide" ?disabled=${!idle} @click=${this.release}>${this.label}</button>
      <p class="muted">${idle ? "Was Sie nicht freigeben, frage ich einzeln ab." : "Bitte schließen Sie zuerst die begonnene Änderung ab."}</p>`;
  }

  private offer(): TemplateResult {
    const { card } = this;
    return html`<ul class="fields">${card.fields.map((field) => this.field(field))}</ul>
      <dl class="pairs compact">
        <div class="pair"><dt>Zweck</dt><dd>${card.purpose}</dd></div>
        <div class="pair"><dt>Empfänger</dt><dd>${office(card.recipient)}</dd></div>
        <div class="pair"><dt>Rechtsgrundlage</dt><dd>${card.legal_basis}</dd></div>
      </dl>
      ${wording(card)}`;
  }

  private get label(): string {
    const count = releaseValues(this.card, { released: this.chosen, changed: this.changed }).freigeben.length;
    if (count === 0) return "Ohne gespeicherte Daten weitermachen";
    return count === 1 ? "1 Angabe freigeben" : `${count} Angaben freigeben`;
  }

  private field(field: PrefillField): TemplateResult {
    const changed = this.changed.get(field.id);
    const missing = field.state === "fehlt" && changed === undefined;
    const shown = changed === undefined ? (field.display ?? field.value) : this.display(field, changed);
    const open = this.context.open;
    return html`<li class="field ${missing ? "is-missing" : ""}">
      <div class="field-text">
        <span class="field-label" id="label-${field.id}">${field.label}</span>
        ${
          this.editing === field.id
            ? this.editor(field)
            : html`<span class="field-value">${missing ? (field.required ? "fehlt, ich frage gleich danach" : "fehlt, freiwillig") : shown}</span>
                <span class="field-source">${changed !== undefined ? "von Ihnen geändert" : [field.source, field.date ? `Stand ${date(field.date)}` : ""].filter(Boolean).join(", ")}</span>`
        }
      </div>
      ${
        open && this.editing !== field.id
          ? html`<div class="field-tools">
              <button type="button" class="tool" data-edit=${field.id} @click=${() => this.edit(field)} title="${field.label} ändern" aria-label="${field.label} ${missing ? "eintragen" : "ändern"}">${icons.edit}</button>
              ${
                field.state === "vorhanden" && changed === undefined
                  ? html`<input type="checkbox" role="switch" class="switch" .checked=${this.chosen.has(field.id)} aria-label="${field.label} freigeben" @change=${() => this.toggle(field.id)} />`
                  : nothing
              }
            </div>`
          : nothing
      }
    </li>`;
  }

  private editor(field: PrefillField): TemplateResult {
    const current = this.changed.get(field.id) ?? (field.value === null ? "" : String(field.value));
    const options = field.type === "yes_no" ? YES_NO : field.options;
    const keys = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.close(field.id);
      }
    };
    return html`<form class="inline-form" @submit=${(event: SubmitEvent) => this.save(event, field)} @keydown=${keys}>
      ${
        options?.length
          ? html`<select name="wert" aria-labelledby="label-${field.id}">${options.map(({ id, label }) => html`<option value=${id} ?selected=${id === current}>${label}</option>`)}</select>`
          : html`<input name="wert" type=${INPUTS[field.type] ?? "text"} .value=${current} required autocomplete="off" aria-labelledby="label-${field.id}" />`
      }
      <button type="submit" class="btn small primary">Übernehmen</button>
      <button type="button" class="btn small" @click=${() => this.close(field.id)}>Abbrechen</button>
    </form>`;
  }

  private display(field: PrefillField, value: string): string {
    const options = field.type === "yes_no" ? YES_NO : field.options;
    return options?.find(({ id }) => id === value)?.label ?? (field.type === "date" ? date(value) : value);
  }

  private edit(field: PrefillField): void {
    this.editing = field.id;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[name=wert]")?.focus());
  }

  private close(id: string): void {
    this.editing = null;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-edit="${id}"]`)?.focus());
  }

  private save(event: SubmitEvent, field: PrefillField): void {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).elements.namedItem("wert") as
      | HTMLInputElement
      | HTMLSelectElement;
    const value = input.value.trim();
    const next = new Map(this.changed);
    if (value === String(field.value ?? "")) next.delete(field.id);
    else next.set(field.id, value);
    this.changed = next;
    this.close(field.id);
  }

  private toggle(id: string): void {
    const next = new Set(this.chosen);
    if (!next.delete(id)) next.add(id);
    this.released = next;
  }

  private release = (): void => {
    this.context.press(
      this.label,
      this.card.payload,
      releaseValues(this.card, { released: this.chosen, changed: this.changed }),
    );
  };
}
