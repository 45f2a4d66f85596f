/** Shapes of docs/protocol/conversations.md. */

export type Author = "citizen" | "bot" | "clerk" | "system";
export type Phase = "bot" | "waiting" | "clerk" | "closed";

export interface Sender {
  function: string;
  office: string;
}

export interface Button {
  title: string;
  payload: string;
}

export interface Message {
  seq: number;
  author: Author;
  text: string;
  at: string;
  lang?: string;
  client_id?: string;
  buttons?: Button[];
  cards?: Card[];
  sender?: Sender;
}

export interface State {
  phase: Phase;
  place?: number;
  /** How long it will take, from the clerks on duty; missing while nobody is. */
  estimate?: { low_s: number; high_s: number; text: string };
  /** False outside the office's hours. */
  open?: boolean;
  opens_at?: string;
  /** `aus`: there is no way back to the assistant now. */
  assistant?: "aus";
  bound?: boolean;
  clerk?: Sender;
  /** The citizen was asked how it was and has not answered yet. */
  feedback?: boolean;
  /** Further clerks in the chat. */
  helpers?: Sender[];
}

export interface Page {
  messages: Message[];
  state: State;
}

export type FieldType =
  | "text"
  | "name"
  | "date"
  | "choice"
  | "yes_no"
  | "integer"
  | "amount"
  | "address"
  | "plz"
  | "licence_plate"
  | "iban"
  | "steuer_id"
  | "email"
  | "phone"
  | "document_number";

export interface Option {
  id: string;
  label: string;
}

export interface Source {
  label: string;
  mark: "geprueft" | "stand_pruefen";
}

export interface Step {
  service: string;
  name: string;
  deadline?: string | null;
  law?: string | null;
  depends_on?: string[];
  note?: string | null;
  optional?: boolean;
  done?: boolean;
  payload?: string | null;
}

export interface ChecklistCard {
  type: "checklist";
  title: string;
  intro?: string | null;
  steps: Step[];
  sources?: Source[];
}

export interface ServiceCard {
  type: "service";
  service: string;
  name: string;
  hint?: string | null;
  before?: string[];
  office?: string | null;
  fee?: string | null;
  deadline?: string | null;
  duration?: string | null;
  trust_level?: string | null;
  form?: string | null;
  data?: string[];
  documents?: string[];
  law?: string[];
  sources?: Source[];
  url?: string | null;
}

export interface FileCard {
  type: "file";
  url: string;
  text: string;
}

export interface LoginCard {
  type: "login";
  url: string;
  text?: string | null;
}

export interface PrefillField {
  id: string;
  label: string;
  value: string | number | null;
  display?: string | null;
  source?: string | null;
  date?: string | null;
  state: "vorhanden" | "fehlt";
  required?: boolean;
  type: FieldType;
  options?: Option[];
}

/** A text that is read before data go out. */
export interface Wording {
  text?: string | null;
  text_version?: string | null;
  language?: string | null;
}

export interface PrefillCard extends Wording {
  type: "prefill";
  draft: string;
  service: string;
  purpose: string;
  recipient: string | { office: string; authority?: string };
  legal_basis: string;
  fields: PrefillField[];
  payload: string;
}

export interface QuestionCard {
  type: "question";
  field: { id: string; label: string; type: FieldType; help?: string | null; options?: Option[] };
  progress?: { answered: number; total: number };
}

export interface UploadCard {
  type: "upload";
  draft: string;
  evidence: { id: string; label: string; help?: string | null };
  accept: string[];
  max_bytes: number;
  url: string;
  payload: string;
}

export interface IdentityCard {
  type: "identity";
  url: string;
  level: string;
  text?: string | null;
}

export interface SummaryCard extends Wording {
  type: "summary";
  draft: string;
  service: string;
  recipient: string | { office: string; authority?: string };
  effect: "antrag" | "anzeige" | "vorbereitung";
  fields: { id: string; label: string; display: string | null }[];
  documents?: { label: string; filename?: string | null }[];
  fee?: string | { display: string } | null;
  hint?: string | null;
  /** Missing where nothing goes to an office. */
  legal_basis?: string;
  payload: string;
}

export interface ReceiptCard {
  type: "receipt";
  case: string;
  reference: string;
  service: string;
  office: string;
  /** `vorbereitung`: nothing has been applied for or notified yet. */
  effect?: SummaryCard["effect"] | "anliegen";
  delivered_at?: string | null;
  url?: string | null;
  deadline?: string | { date?: string; text: string } | null;
}

export interface ProposalCard {
  type: "proposal";
  id: string;
  field: { id: string; label: string };
  old?: string | null;
  new: string;
  clerk: Sender;
}

/** A clerk asks for something that needs the citizen's yes. */
export interface ConsentCard extends Wording {
  type: "consent";
  id: string;
  kind: "daten" | "dokument" | "weitergabe";
  label: string;
  items: string[];
  purpose: string;
  recipient: string;
  legal_basis: string;
  protection?: { kind: string; law: string } | null;
  clerk: Sender;
  /** Set when the document has to be uploaded first. */
  upload?: Omit<UploadCard, "type"> | null;
}

/** Asked once when a conversation is over; every part may be left out. */
export interface FeedbackCard {
  type: "feedback";
  payload: string;
  /** The conversation belongs to an account with a postbox. */
  transcript: boolean;
  /** A human marked answers of the assistant that it could learn from. */
  learn: Wording | null;
}

export interface QueueCard {
  type: "queue";
  reason?: string;
  topic?: string | null;
  open?: boolean | null;
  opens_at?: string;
  /** What may be done instead of waiting, in the order to show. */
  options?: WaitOption[];
}

export interface WaitOption {
  id: "anliegen" | "rueckruf" | "schreiben";
  payload: string;
  slots?: string[];
  promised?: string;
}

export type Card =
  | ChecklistCard
  | ServiceCard
  | LoginCard
  | FileCard
  | PrefillCard
  | QuestionCard
  | UploadCard
  | IdentityCard
  | SummaryCard
  | ReceiptCard
  | ProposalCard
  | ConsentCard
  | QueueCard
  | FeedbackCard;

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type Values = { [key: string]: JsonValue };

/** What a client sends: free text, or the payload of an offered button or card. */
export interface Outgoing {
  client_id: string;
  text?: string;
  payload?: string;
  values?: Values;
}

export interface ErrorBody {
  code: string;
  message: string;
  field?: string;
}

export const TEXT_LIMIT = 4000;
export const SOCKET_PATH = "/live/socket.io";
