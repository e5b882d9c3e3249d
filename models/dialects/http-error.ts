import { withoutSecrets } from "../../stores/secrets.ts";

/** An answer whose status says that something went wrong. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Headers | undefined;
  readonly code: string | undefined;
  readonly type: string | undefined;
  /** The field of the request that was refused, as the server names it. */
  readonly param: string | undefined;

  constructor(status: number, { message, code, type, param }: ReportedError, headers?: Headers) {
    super(withoutSecrets(message));
    this.status = status;
    this.headers = headers;
    this.code = code;
    this.type = type;
    this.param = param;
  }
}

/** An error as the body of an answer reports it. */
export interface ReportedError {
  message: string;
  code?: string | undefined;
  type?: string | undefined;
  param?: string | undefined;
}
