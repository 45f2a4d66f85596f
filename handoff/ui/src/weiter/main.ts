import { EMPTY, remember } from "../widget/memory";

/** Gives this browser the conversation that a one-time link opened, and shows it in the portal. */
const handle = document.getElementById("weiter")?.dataset.handle;
if (handle) {
  remember(localStorage, { ...EMPTY, handle, open: true });
  location.replace("/");
}
