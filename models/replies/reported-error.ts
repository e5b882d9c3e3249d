import { withoutSecrets } from "../../stores/secrets.ts";
import { HttpError, type ReportedError } from "../dialects/http-error.ts";

/**
 * The error that a body reports, of whatever form: some gateways answer 200 with the error of the provider behind them, in the
 * body, in a choice, in a message or in a block. Undefined where it reports none: null, "", {} and the like say nothing.
 */
export function reportedError(value: unknown): ReportedError | undefined {
  if (saysNothing(value)) return undefined;
  if (typeof value !== "object" || value === null) return { message: String(value) };
  const { message, msg, detail, code, type, status, param, error } = value as Record<string, unknown>;
  if (saysNothing(message) && typeof error === "object" && error !== null) return reportedError(error);
  const said = [message, msg, detail, error].find((each) => !saysNothing(each));
  return {
    message:
      said === undefined
        ? withoutSecrets(JSON.stringify(value)).slice(0, 1000)
        : typeof said === "string"
          ? said
          : JSON.stringify(said),
    code: textOf(saysNothing(code) ? status : code),
    type: textOf(type),
    param: textOf(param),
  };
}

/** The first of several values that reports an error. */
export function firstError(...given: unknown[]): unknown {
  return given.find((each) => !saysNothing(each));
}

const textOf = (value: unknown) =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;

function saysNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.values(value).every(saysNothing);
}

/** What servers name their errors, and the status that others give for the same. The first that is in the code or type counts. */
const statuses: ReadonlyArray<readonly [pattern: RegExp, status: number]> = [
  [/insufficient_quota|payment|billing|credit/i, 402],
  [/rate.?limit|too_many_requests|resource_exhausted|throttl/i, 429],
  [/invalid_api_key|authentication|unauthenticated|unauthorized/i, 401],
  [/permission|forbidden/i, 403],
  [/model_not_found|not_found/i, 404],
  [/context_length|invalid_request|invalid_argument|bad_request|invalid_prompt/i, 400],
  [/timeout|deadline/i, 408],
];

/** An error that stood in an answer of status 200: with the status that it names, or else that of a gateway. */
export function insideError(reported: ReportedError): HttpError {
  const { code = "", type = "", message } = reported;
  const named = /^[45]\d\d$/.test(code) ? Number(code) : undefined;
  const status = named ?? statuses.find(([pattern]) => pattern.test(`${code} ${type}`))?.[1] ?? 502;
  return new HttpError(status, { ...reported, message: `reported in the body of an HTTP 200 response: ${message}` });
}
