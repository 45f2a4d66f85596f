import { AmtslotseKonsole } from "./amtslotse-konsole";

if (!customElements.get("amtslotse-konsole")) customElements.define("amtslotse-konsole", AmtslotseKonsole);
