import { createHash, timingSafeEqual } from "node:crypto";

/** Who may reach a server on this machine. */
export interface GuardRules {
  /** Where it listens. */
  port: number;
  /** Whoever has it may do everything. It stands in the address: `/token/TOKEN/...`. */
  token: string;
  /** Pages in a browser that may use the server, with the token. */
  origins: readonly string[];
}

interface Asked {
  method: string;
  /** As it stands in the request: path and query. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type Admission =
  /** The target without the token, and the page that asks, if one does. */
  | { kind: "admitted"; target: string; origin: string | undefined }
  /** A browser asks whether a page of this origin may ask. */
  | { kind: "preflight"; origin: string }
  | { kind: "refused"; status: number; message: string };

/**
 * Decides about a request to a server of ours, before anything of it is read. A browser sends requests of any page to this machine:
 * - a page whose host name was pointed here (DNS rebinding) is known by its Host;
 * - a page of another site by its Origin, which no page can leave out of what changes something;
 * - other people and programs on this machine do not have the token.
 */
export function admit({ method, target, headers }: Asked, { port, token, origins }: GuardRules): Admission {
  const own = ["127.0.0.1", "localhost"].map((name) => `${name}:${port}`);
  const { host, origin, "content-type": type } = headers;
  if (typeof host !== "string" || !own.includes(host.toLowerCase()) || !target.startsWith("/"))
    return refused(403, `This server can only be used at ${own.join(" and ")}.`);
  if (origin !== undefined && (typeof origin !== "string" || !origins.includes(origin)))
    return refused(403, `Requests from pages of other sites are refused, except from ${origins.join(", ")}.`);
  if (method === "OPTIONS" && origin !== undefined && headers["access-control-request-method"] !== undefined)
    return { kind: "preflight", origin };
  const [door = "", said = ""] = /^\/token\/([^/?]*)\/?/.exec(target) ?? [];
  if (!isSame(said, token))
    return refused(
      401,
      "The token is missing in the address. Use the address that skillgraph printed when it started.",
    );
  // The only kinds of body that a page may send unasked are others.
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(String(type)))
    return refused(415, `The content type must be application/json; this is ${String(type).slice(0, 100)}.`);
  return { kind: "admitted", target: `/${target.slice(door.length)}`, origin };
}

function refused(status: number, message: string): Admission {
  return { kind: "refused", status, message };
}

/** In a time that tells nothing of the token. */
function isSame(said: string, token: string): boolean {
  const [left, right] = [said, token].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(left as Buffer, right as Buffer);
}
