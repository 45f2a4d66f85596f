import { AmtslotseKonsole } from "./amtslotse-konsole";

// The console follows the system's light or dark theme, whatever theme the page was served with.
document.documentElement.removeAttribute("data-kern-theme");
if (!customElements.get("amtslotse-konsole")) customElements.define("amtslotse-konsole", AmtslotseKonsole);
const mount = document.querySelector("#konsole");
if (mount && !document.querySelector("amtslotse-konsole")) mount.replaceChildren(new AmtslotseKonsole());
