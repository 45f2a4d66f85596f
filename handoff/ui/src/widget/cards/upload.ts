import { html, LitElement, nothing, type TemplateResult } from "lit";
import { ApiError } from "../../shared/http";
import { size } from "../../shared/format";
import { icons } from "../../shared/icons";
import type { UploadCard } from "../../shared/protocol";
import type { CardContext } from "../context";
import { allowed, refusal, upload } from "../upload";

/** The card that takes one document: file dialog, camera, drag and drop, paste. */
export class Upload extends LitElement {
  static override properties = {
    card: { attribute: false },
    context: { attribute: false },
    file: { state: true },
    share: { state: true },
    errors: { state: true },
    over: { state: true },
  };
  declare card: UploadCard;
  declare context: CardContext;
  declare file: File | null;
  declare share: number | null;
  declare errors: readonly string[];
  declare over: boolean;

  constructor() {
    super();
    this.file = null;
    this.share = null;
    this.errors = [];
    this.over = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  /**
   * Takes files from the dialog, the camera, a drop or the clipboard. A single one is sent at once; of several the
   * citizen chooses which one is this document. What cannot be taken is named, and the others are not lost with it.
   */
  async take(files: readonly File[]): Promise<void> {
    if (!this.context.open || files.length === 0) return;
    const good = files.filter((file) => refusal(file, this.card) === null);
    this.errors = files.map((file) => refusal(file, this.card) ?? "").filter(Boolean);
    const [only] = good;
    if (only && good.length === 1 && this.share === null && this.context.files.length === 0) await this.send(only);
    else this.context.hold(good);
  }

  /** Sends one file; when that fails it lies ready to be sent again. */
  private async send(file: File): Promise<void> {
    const refused = refusal(file, this.card);
    this.errors = refused ? [refused] : [];
    if (refused || this.share !== null) return;
    this.file = file;
    this.share = 0;
    try {
      const access = { bearer: await this.context.bearer(), csrf: this.context.csrf() };
      const stored = await upload(file, this.card, access, (share) => {
        this.share = share;
      });
      this.context.release(file);
      this.context.press(`Hochgeladen: ${stored.filename}`, this.card.payload, { dokument: stored.id });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.errors = [error.message];
      this.context.hold([file]);
    } finally {
      this.share = null;
    }
  }

  protected override render(): TemplateResult {
    const { card, context } = this;
    return html`
      <h3>${card.evidence.label}</h3>
      ${card.evidence.help ? html`<p class="muted">${card.evidence.help}</p>` : nothing}
      ${context.open ? this.picker() : html`<p class="done-line">${icons.check} Erledigt</p>`}`;
  }

  private picker(): TemplateResult {
    if (this.share !== null) {
      return html`<div class="progress">
        <span>${this.file?.name} wird übertragen</span>
        <progress max="1" .value=${this.share} aria-label="Übertragung"></progress>
      </div>`;
    }
    const { accept, evidence } = this.card;
    const photos = accept.filter((type) => type.startsWith("image/"));
    return html`
      <div class="drop ${this.over ? "is-over" : ""}" @dragover=${this.drag} @dragleave=${this.leave} @drop=${this.drop}>
        <div class="actions">
          <button type="button" class="btn primary" @click=${() => this.choose(".pick")}>${icons.upload}<span>Datei auswählen</span></button>
          ${photos.length ? html`<button type="button" class="btn camera" @click=${() => this.choose(".shot")}>${icons.camera}<span>Foto aufnehmen</span></button>` : nothing}
        </div>
        <p class="muted">${allowed(this.card)}. Sie können Dateien auch hierher ziehen oder aus der Zwischenablage einfügen.</p>
        <input class="pick" type="file" hidden multiple accept=${accept.join(",")} @change=${this.picked} aria-label="Datei für ${evidence.label}" />
        <input class="shot" type="file" hidden accept=${photos.join(",")} capture="environment" @change=${this.picked} aria-label="Foto für ${evidence.label}" />
      </div>
      ${this.ready()}
      <div class="error" role="alert">${this.errors.map((error) => html`<p>${error}</p>`)}</div>`;
  }

  private ready(): TemplateResult | typeof nothing {
    const { files } = this.context;
    if (files.length === 0) return nothing;
    return html`<p>${files.length === 1 ? "Diese Datei liegt bereit und ist noch nicht gesendet." : `Diese ${files.length} Dateien liegen bereit und sind noch nicht gesendet. Welche ist „${this.card.evidence.label}“?`}</p>
      <ul class="fields">${files.map(
        (file) => html`<li class="field">
          <div class="field-text"><span class="field-value">${file.name}</span><span class="field-source">${size(file.size)}</span></div>
          <div class="field-tools">
            <button type="button" class="btn small" @click=${() => void this.send(file)} aria-label="${file.name} senden">Senden</button>
            <button type="button" class="tool" @click=${() => this.context.release(file)} aria-label="${file.name} nicht senden" title="Nicht senden">${icons.close}</button>
          </div>
        </li>`,
      )}</ul>`;
  }

  private choose(selector: string): void {
    this.querySelector<HTMLInputElement>(selector)?.click();
  }

  private picked = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    void this.take(Array.from(input.files ?? []));
    input.value = "";
  };

  private drag = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  private leave = (): void => {
    this.over = false;
  };

  private drop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    this.over = false;
    void this.take(Array.from(event.dataTransfer?.files ?? []));
  };
}
