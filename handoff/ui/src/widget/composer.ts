import { html, LitElement, nothing, type TemplateResult } from "lit";
import { icons } from "../shared/icons";
import { TEXT_LIMIT } from "../shared/protocol";
import { textProblem } from "./text-limit";

/** The counter appears when this many characters are left. */
const COUNTER_FROM = 400;
const TYPING_PAUSE_MS = 3_000;

/** The field in which the citizen writes. Events: `al-say` (text), `al-typing`, `al-attach`. */
export class Composer extends LitElement {
  static override properties = {
    canAttach: { attribute: false },
    disabled: { attribute: false },
    text: { state: true },
    problem: { state: true },
  };
  declare canAttach: boolean;
  declare disabled: boolean;
  declare text: string;
  declare problem: string;
  private typingSince = 0;

  constructor() {
    super();
    this.canAttach = false;
    this.disabled = false;
    this.text = "";
    this.problem = "";
  }

  protected override createRenderRoot(): this {
    return this;
  }

  /** Puts a refused text back into the field, before anything the citizen wrote since. */
  giveBack(text: string, problem: string): void {
    this.text = this.text ? `${text}\n${this.text}` : text;
    this.problem = problem;
  }

  focusField(): void {
    this.querySelector("textarea")?.focus();
  }

  protected override updated(): void {
    const field = this.querySelector("textarea");
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
  }

  protected override render(): TemplateResult {
    const left = TEXT_LIMIT - Array.from(this.text.trim()).length;
    return html`<form class="composer" @submit=${this.submit}>
      <label class="composer-label" for="al-text">Ihre Nachricht</label>
      <div class="composer-row">
        ${
          this.canAttach
            ? html`<button type="button" class="tool" @click=${this.attach} aria-label="Dokument anhängen" title="Dokument anhängen">${icons.clip}</button>`
            : nothing
        }
        <textarea id="al-text" rows="1" .value=${this.text} ?disabled=${this.disabled} enterkeyhint="send"
          aria-describedby="al-text-hint" aria-invalid=${this.problem ? "true" : "false"}
          @input=${this.input} @keydown=${this.key}></textarea>
        <button type="submit" class="btn primary send" ?disabled=${this.disabled} aria-label="Nachricht senden" title="Nachricht senden">${icons.send}</button>
      </div>
      <p class="sr" id="al-text-hint">Mit Enter senden, mit Umschalt und Enter eine neue Zeile beginnen.</p>
      ${left <= COUNTER_FROM ? html`<p class="counter ${left < 0 ? "is-over" : ""}">${left >= 0 ? `Noch ${left} Zeichen` : `${-left} Zeichen zu viel`}</p>` : nothing}
      <p class="error" role="alert">${this.problem}</p>
    </form>`;
  }

  private input = (event: InputEvent): void => {
    this.text = (event.currentTarget as HTMLTextAreaElement).value;
    this.problem = "";
    if (performance.now() - this.typingSince > TYPING_PAUSE_MS) {
      this.typingSince = performance.now();
      this.dispatchEvent(new CustomEvent("al-typing"));
    }
  };

  private key = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  };

  private submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.send();
  };

  private send(): void {
    this.problem = textProblem(this.text) ?? "";
    if (this.problem) return;
    const text = this.text.trim();
    this.text = "";
    this.typingSince = 0;
    this.dispatchEvent(new CustomEvent<string>("al-say", { detail: text }));
    this.focusField();
  }

  private attach = (): void => {
    this.dispatchEvent(new CustomEvent("al-attach"));
  };
}
