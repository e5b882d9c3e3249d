import type { CallError } from "../state/errors.ts";
import { withoutSecrets } from "../stores/secrets.ts";
import { waitAsked } from "./retry-after.ts";
import { refusedSetting } from "./refused-setting.ts";

/** The ways in which one attempt of a call goes wrong. */
export type FaultKind =
  | "rate-limit"
  | "server-error"
  | "time-out"
  | "connection"
  | "empty"
  | "malformed"
  | "oversized"
  | "refused"
  | "unavailable"
  | "unknown";

export interface Fault {
  kind: FaultKind;
  /**
   * What follows. `retry`: the next attempt may succeed. `fail`: this request will never succeed. `pause`: no request
   * will until somebody fixes something. `unreachable`: retried, and a pause if no attempt reached a server.
   */
  next: "retry" | "fail" | "pause" | "unreachable";
  /** The HTTP status, where there was one. */
  status?: number;
  /** How long the server asks to wait, in milliseconds. */
  wait?: number;
  /** What happened and, where somebody must act, what to do. */
  message: string;
}

/** A reply that arrived and cannot be used. */
export class FaultyReply extends Error {
  readonly kind: FaultKind;
  readonly next: Fault["next"];

  constructor(kind: FaultKind, message: string, next: Fault["next"] = "retry") {
    super(withoutSecrets(message));
    this.kind = kind;
    this.next = next;
  }
}

/** What an error of a client says, whatever class it was wrapped in: @langchain/openai passes on and renames openai's. */
interface Facts {
  status: number | undefined;
  /** All codes of the error and its causes, such as ECONNRESET or insufficient_quota. */
  codes: string[];
  names: string[];
  headers: Headers | undefined;
  /** The field of the request that was refused, as the server names it. */
  param: string | undefined;
  text: string;
}

/** Whether a call failed because its messages are longer than the model takes, so that shorter ones may succeed. */
export function isOverflow({ message }: CallError): boolean {
  return message.includes(overflow);
}

/** What an attempt's error means. `today` is the time of day in milliseconds since 1970. */
export function faultOf(error: unknown, today: number): Fault {
  const faulty = causesOf(error).find((each) => each instanceof FaultyReply);
  if (faulty !== undefined) return { kind: faulty.kind, next: faulty.next, message: faulty.message };
  const facts = factsOf(error);
  const { status } = facts;
  const fault = status === undefined ? withoutStatus(facts) : withStatus(status, facts);
  const wait = waitAsked(facts.headers, today);
  return { ...fault, ...(status !== undefined && { status }), ...(wait !== undefined && { wait }) };
}

/** A code or text by which providers say that an account is empty, so that waiting does not help. */
const emptyAccount = /insufficient_quota|credit balance|billing|out of credits|exceeded your current quota/i;
const overflow = "The request exceeds the model's context window";
const tooLong = /context_length_exceeded|maximum context length|exceeds the context window|ContextOverflow/i;

function withStatus(status: number, { codes, param, text }: Facts): Fault {
  const said = `HTTP ${status}: ${text}${/[.!?]$/.test(text) ? "" : "."}`;
  const pause = (advice: string): Fault => ({ kind: "unavailable", next: "pause", message: `${said} ${advice}` });
  const fail = (message: string): Fault => ({ kind: "refused", next: "fail", message });
  const all = `${codes.join(" ")} ${text}`;
  if (status === 401)
    return pause(
      "The server rejected the key: set OPENAI_API_KEY (or SERVER_API_KEY) to one that is valid for this server.",
    );
  if (status === 402 || (status === 429 && emptyAccount.test(all)))
    return pause("The account has no credit left: add credit.");
  if (status === 403)
    return pause(
      "The key has no permission to use this model, or not from this location: check the permissions of the account.",
    );
  if (status === 400 || status === 404 || status === 422) {
    const setting = refusedSetting({ param, all });
    if (setting !== undefined) return pause(setting);
  }
  if (status === 404 || codes.includes("model_not_found"))
    return pause(
      "Model not found at this address: check its name, and that OPENAI_BASE_URL (or SERVER_BASE_URL) has the right path (often /v1).",
    );
  if (status === 429) return { kind: "rate-limit", next: "retry", message: said };
  if (status === 408) return { kind: "time-out", next: "retry", message: said };
  if (status === 409 || status === 425) return { kind: "server-error", next: "retry", message: said };
  if (status >= 500) return { kind: "server-error", next: "retry", message: said };
  if (tooLong.test(all)) return fail(`${said} ${overflow}.`);
  return fail(said);
}

const refusedCodes = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
const lateCodes = ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];
const brokenCodes = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ECONNABORTED", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"];

function withoutStatus({ codes, names, text }: Facts): Fault {
  const is = (known: readonly string[]) => codes.find((code) => known.includes(code));
  const unreachable = is(refusedCodes);
  if (unreachable !== undefined)
    return { kind: "connection", next: "unreachable", message: `Cannot reach the server (${unreachable}).` };
  if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)))
    return { kind: "unavailable", next: "pause", message: `The server's certificate is not trusted: ${text}` };
  const late = is(lateCodes);
  if (late !== undefined || names.includes("TimeoutError"))
    return {
      kind: "time-out",
      next: "retry",
      message: `The request timed out${late === undefined ? "" : ` (${late})`}.`,
    };
  const broken = is(brokenCodes);
  if (broken !== undefined || /terminated|other side closed|premature close/i.test(text))
    return { kind: "connection", next: "retry", message: `The connection was lost (${broken ?? text}).` };
  if (tooLong.test(`${codes.join(" ")} ${names.join(" ")} ${text}`))
    return { kind: "refused", next: "fail", message: `${overflow}: ${text}` };
  if (/length limit was reached/.test(text)) return { kind: "empty", next: "fail", message: cutShort };
  if (/content filter/.test(text)) return { kind: "refused", next: "fail", message: filtered };
  if (names.includes("SyntaxError"))
    return { kind: "malformed", next: "retry", message: `The server's response is not JSON: ${text}` };
  return { kind: "unknown", next: "retry", message: text };
}

export const filtered = "The reply was blocked by the provider's content filter.";
export const cutShort = "The model reached its token limit before it produced any text: raise max-tokens.";

/** The error, its cause, the cause of that, and so on; clients wrap errors, but not this deep. */
function causesOf(error: unknown, depth = 6): object[] {
  if (depth === 0 || typeof error !== "object" || error === null) return [];
  return [error, ...causesOf((error as { cause?: unknown }).cause, depth - 1)];
}

function factsOf(error: unknown): Facts {
  const facts: Facts = { status: undefined, codes: [], names: [], headers: undefined, param: undefined, text: "" };
  for (const current of causesOf(error)) {
    const { status, code, type, name, headers, param, message } = current as Record<string, unknown>;
    if (isStatus(status)) facts.status ??= status;
    if (typeof param === "string") facts.param ??= param;
    for (const each of [code, type]) if (typeof each === "string") facts.codes.push(each);
    facts.names.push(String(name), current.constructor?.name ?? "");
    if (headers instanceof Headers) facts.headers ??= headers;
    if (typeof message === "string") facts.text = longerOf(facts.text, message);
  }
  return { ...facts, text: wordsOf(facts.text === "" ? String(error) : facts.text) };
}

/** Clients also keep numbers of their own under this name. */
const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 400 && Number(value) < 600;

/** "fetch failed" says less than what caused it. */
const longerOf = (one: string, other: string) =>
  one === "" || /^(fetch failed|Connection error\.?)$/i.test(one) ? other : one;

/**
 * The message without secrets, which are found only before it is folded and cut, without what LangChain adds to it and the
 * status that openai puts before it, in one line of at most 300 characters.
 */
function wordsOf(message: string): string {
  const [said = ""] = withoutSecrets(message).split("\n\nTroubleshooting URL:");
  const line = said
    .replace(/^\d{3} /, "")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= 300 ? line : `${line.slice(0, 300)}...`;
}
