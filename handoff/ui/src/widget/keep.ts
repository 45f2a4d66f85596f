import { ApiError } from "../shared/http";
import { at } from "../shared/origin";

const NOT_LOADED = {
  code: "nicht_geladen",
  message: "Das Gespräch wurde nicht geladen. Es ist gespeichert. Bitte versuchen Sie es gleich noch einmal.",
};

/** Fetches the conversation as a text file and has the browser keep it. Throws ApiError. */
export async function download(handle: string, token: string | null): Promise<void> {
  const response = await fetch(at(`/api/conversations/${handle}/transcript`), {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    cache: "no-store",
  }).catch(() => null);
  if (!response?.ok) throw new ApiError(response?.status ?? 0, NOT_LOADED);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = "gespraech.txt";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** On paper: of the page only what leads to the chat, and of the chat only the conversation. */
const PAPER = `@media print {
  :has(amtslotse-chat) > :not(amtslotse-chat, :has(amtslotse-chat)) { display: none !important; }
  html, body, :has(amtslotse-chat) { height: auto !important; overflow: visible !important; margin: 0 !important; }
}`;

/** Prints the conversation that `host` shows, not the page around it. */
export function print(host: HTMLElement): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PAPER);
  document.adoptedStyleSheets.push(sheet);
  host.toggleAttribute("druckt", true);
  window.addEventListener(
    "afterprint",
    () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
      host.toggleAttribute("druckt", false);
    },
    { once: true },
  );
  window.print();
}
