import { size } from "../shared/format";
import { ApiError, errorBody } from "../shared/http";
import { at } from "../shared/origin";
import type { UploadCard } from "../shared/protocol";

export interface Uploaded {
  id: string;
  filename: string;
  media_type: string;
  size: number;
}

const KINDS: Record<string, string> = {
  "application/pdf": "PDF",
  "image/jpeg": "JPEG",
  "image/png": "PNG",
};

/** "PDF, JPEG oder PNG, höchstens 25 MB" for the card's limits. */
export function allowed(card: Pick<UploadCard, "accept" | "max_bytes">): string {
  const kinds = card.accept.map((type) => KINDS[type] ?? type);
  const last = kinds.pop() ?? "";
  return `${kinds.length ? `${kinds.join(", ")} oder ` : ""}${last}, höchstens ${size(card.max_bytes)}`;
}

/** Why a file cannot be taken, as a German sentence, or null. The server checks again by content. */
export function refusal(file: Pick<File, "name" | "type" | "size">, card: UploadCard): string | null {
  if (file.size === 0)
    return `Die Datei „${file.name}“ ist leer. Sie wurde nicht gesendet. Bitte wählen Sie eine andere.`;
  if (file.size > card.max_bytes) {
    return `Die Datei „${file.name}“ ist ${size(file.size)} groß. Erlaubt sind höchstens ${size(card.max_bytes)}. Sie wurde nicht gesendet.`;
  }
  if (file.type && !card.accept.includes(file.type)) {
    return `Die Datei „${file.name}“ hat ein Format, das nicht angenommen wird. Möglich sind ${allowed(card)}. Sie wurde nicht gesendet.`;
  }
  return null;
}

export interface UploadAccess {
  bearer: string | null;
  csrf: string | null;
}

/** Sends one file for the card; `progress` gets a share from 0 to 1. Throws ApiError. */
export function upload(
  file: File,
  card: UploadCard,
  access: UploadAccess,
  progress: (share: number) => void,
): Promise<Uploaded> {
  const form = new FormData();
  form.set("entwurf", card.draft);
  form.set("nachweis", card.evidence.id);
  form.set("datei", file, file.name);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", at(card.url));
    call.responseType = "json";
    call.setRequestHeader("Accept", "application/json");
    if (access.bearer) call.setRequestHeader("Authorization", `Bearer ${access.bearer}`);
    if (access.csrf) call.setRequestHeader("X-CSRF-Token", access.csrf);
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    call.addEventListener("load", () => {
      if (call.status >= 200 && call.status < 300) resolve(call.response as Uploaded);
      else
        reject(
          new ApiError(
            call.status,
            errorBody(call.response) ?? {
              code: "hochladen_gescheitert",
              message:
                "Die Datei konnte nicht gespeichert werden. Ihr Antrag ist unverändert. Bitte versuchen Sie es noch einmal.",
            },
          ),
        );
    });
    call.addEventListener("error", () =>
      reject(
        new ApiError(0, {
          code: "keine_verbindung",
          message:
            "Die Verbindung ist abgebrochen. Die Datei wurde nicht gesendet. Bitte versuchen Sie es noch einmal.",
        }),
      ),
    );
    call.send(form);
  });
}
