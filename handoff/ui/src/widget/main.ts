import { AmtslotseChat } from "./amtslotse-chat";
import { defineCards } from "./cards";
import { Composer } from "./composer";
import { Menu } from "./menu";

defineCards();
if (!customElements.get("al-composer")) customElements.define("al-composer", Composer);
if (!customElements.get("al-menu")) customElements.define("al-menu", Menu);
if (!customElements.get("amtslotse-chat")) customElements.define("amtslotse-chat", AmtslotseChat);
