import { html, LitElement, nothing, type TemplateResult } from "lit";
import { ApiError } from "../../shared/http";
import { icons } from "../../shared/icons";
import type { UploadCard } from "../../shared/protocol";
import type { CardContext } from "../context";
import { allowed, refusal, upload } from "../upload";

/** The card that takes one document: file dialog, camera, drag and drop. */
export class Upload extends LitElement {
  static override properties = {
    card: { attribute: false },
    context: { attribute: false },
    file: { state: true },
    share: { state: true },
    error: { state: true },
    over: { state: true },
  };
  declare card: UploadCard;
  declare context: CardContext;
  declare file: File | null;
  declare share: number | null;
  declare error: string;
  declare over: boolean;

  constructor() {
    super();
    this.file = null;
    this.share = null;
    this.error = "";
    this.over = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  /** Takes a file from the dialog, the camera, a drop or the clipboard, and sends it. */
  async take(file: File): Promise<void> {
    if (!this.context.open || this.share !== null) return;
    this.error = refusal(file, this.card) ?? "";
    if (this.error) return;
    this.file = file;
    this.share = 0;
    try {
      const access = { bearer: await this.context.bearer(), csrf: this.context.csrf() };
      const stored = await upload(file, this.card, access, (share) => {
        this.share = share;
      });
      this.context.press(`Hochgeladen: ${stored.filename}`, this.card.payload, { dokument: stored.id });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error.message;
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
    return html`
      <div class="drop ${this.over ? "is-over" : ""}" @dragover=${this.drag} @dragleave=${this.leave} @drop=${this.drop}>
        <div class="actions">
          <button type="button" class="btn primary" @click=${() => this.choose(".pick")}>${icons.upload}<span>Datei auswählen</span></button>
          <button type="button" class="btn camera" @click=${() => this.choose(".shot")}>${icons.camera}<span>Foto aufnehmen</span></button>
        </div>
        <p class="muted">${allowed(this.card)}. Sie können die Datei auch hierher ziehen.</p>
        <input class="pick" type="file" hidden accept=${this.card.accept.join(",")} @change=${this.picked} aria-label="Datei für ${this.card.evidence.label}" />
        <input class="shot" type="file" hidden accept="image/*" capture="environment" @change=${this.picked} aria-label="Foto für ${this.card.evidence.label}" />
      </div>
      <p class="error" role="alert">${this.error}</p>`;
  }

  private choose(selector: string): void {
    this.querySelector<HTMLInputElement>(selector)?.click();
  }

  private picked = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    if (file) void this.take(file);
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
    const file = event.dataTransfer?.files[0];
    if (file) void this.take(file);
  };
}
