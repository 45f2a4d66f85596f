import { AmtslotseChat } from "./amtslotse-chat";
import { defineCards } from "./cards";
import { Composer } from "./composer";

defineCards();
if (!customElements.get("al-composer")) customElements.define("al-composer", Composer);
if (!customElements.get("amtslotse-chat")) customElements.define("amtslotse-chat", AmtslotseChat);
