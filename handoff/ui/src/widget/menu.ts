import { html, LitElement, nothing, type TemplateResult } from "lit";
import { icons } from "../shared/icons";
import { at } from "../shared/origin";
import type { State } from "../shared/protocol";

/** What can be done with the whole conversation. Events: `al-print`, `al-download`, `al-back`, `al-end`. */
export class Menu extends LitElement {
  static override properties = {
    handle: { attribute: false },
    foreign: { attribute: false },
    state: { attribute: false },
    open: { state: true },
  };
  /** Of the conversation; null before it begins. */
  declare handle: string | null;
  declare foreign: boolean;
  declare state: State;
  declare open: boolean;

  constructor() {
    super();
    this.handle = null;
    this.foreign = false;
    this.state = { phase: "bot" };
    this.open = false;
    // Where a press does not focus a button (Safari), the menu would be gone before the click.
    this.addEventListener("mousedown", (event) => event.preventDefault());
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="tool" aria-expanded=${this.open ? "true" : "false"} aria-controls="al-menu" aria-label="Mehr" title="Mehr"
        @click=${this.toggle}>${icons.menu}</button>
      <div id="al-menu" class="menu" ?hidden=${!this.open} @keydown=${this.key} @focusout=${this.left}>
        ${
          this.handle
            ? html`${
                this.state.phase === "clerk" && this.state.assistant !== "aus"
                  ? html`<button type="button" @click=${() => this.choose("al-back")}>${icons.chat}<span>Zurück zum Assistenten</span></button>`
                  : nothing
              }
              <button type="button" @click=${() => this.choose("al-print")}>${icons.print}<span>Gespräch drucken</span></button>
              <button type="button" @click=${() => this.choose("al-download")}>${icons.save}<span>Gespräch herunterladen</span></button>`
            : nothing
        }
        ${this.plainPage()}
        ${
          this.handle && this.state.phase !== "closed"
            ? html`<button type="button" @click=${() => this.choose("al-end")}>${icons.close}<span>Gespräch beenden</span></button>`
            : nothing
        }
      </div>`;
  }

  /** The conversation goes along; from another site's page it does not, since no form of it is taken there. */
  private plainPage(): TemplateResult {
    const label = html`${icons.page}<span>Einfache Seite ohne JavaScript</span>`;
    return this.handle && !this.foreign
      ? html`<form method="post" action=${at("/chat/oeffnen")}><input type="hidden" name="handle" value=${this.handle} /><button type="submit">${label}</button></form>`
      : html`<a href=${at("/chat")}>${label}</a>`;
  }

  private toggle = (): void => {
    this.open = !this.open;
    if (this.open) void this.updateComplete.then(() => this.querySelector<HTMLElement>(".menu button, .menu a")?.focus());
  };

  private choose(event: string): void {
    this.close();
    this.dispatchEvent(new CustomEvent(event));
  }

  private close(): void {
    this.open = false;
    this.querySelector<HTMLElement>(".tool")?.focus();
  }

  private key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.close();
  };

  private left = (event: FocusEvent): void => {
    if (!(event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) this.open = false;
  };
}
