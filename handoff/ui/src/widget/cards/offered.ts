import type { Button } from "../../shared/protocol";

/**
 * The button of the message that a card shows as its own, or `otherwise`.
 *
 * The server compares payloads character by character and logs the button's title: neither is made here
 * when the message brings it.
 */
export function offered(buttons: readonly Button[], intent: string, otherwise: Button): Button {
  return buttons.find(({ payload }) => payload.startsWith(intent)) ?? otherwise;
}
