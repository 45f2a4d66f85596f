import type { JsonValue, PrefillCard } from "../../shared/protocol";

/** What the citizen decided about the offered master data. */
export interface Decision {
  released: ReadonlySet<string>;
  changed: ReadonlyMap<string, string>;
}

/** `values` of the release: corrected fields are sent as corrections, not as releases. */
export function releaseValues(
  card: Pick<PrefillCard, "fields">,
  decision: Decision,
): { freigeben: JsonValue[]; aendern: { [id: string]: JsonValue } } {
  return {
    freigeben: card.fields
      .filter(
        ({ id, state }) => state === "vorhanden" && decision.released.has(id) && !decision.changed.has(id),
      )
      .map(({ id }) => id),
    aendern: Object.fromEntries(decision.changed),
  };
}
