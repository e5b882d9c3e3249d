import { StoreError } from "../../state/errors.ts";

/** What a Redis URL says. */
export interface RedisAddress {
  hosts: Array<{ host: string; port: number }>;
  username: string | undefined;
  password: string | undefined;
  db: number;
  tls: boolean;
  /** What all keys begin with. */
  prefix: string;
  /** The URL with the password left out. */
  shown: string;
}

export const defaultPrefix = "skillgraph:";

const form = "redis://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/DB][?prefix=PREFIX] (rediss:// for TLS)";

export function isRedisUrl(url: string): boolean {
  return /^rediss?:/.test(url);
}

/** Throws a StoreError for a URL that is not of the form. Several hosts are nodes of one cluster, to begin with. */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = /^(rediss?):\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/(\d*))?(?:\?([^#]*))?$/.exec(url);
  // In a malformed URL, nobody knows where the password ends.
  const shown = parts === null ? withoutLogin(url) : withoutPassword(url);
  const refuse = (why: string) => new StoreError(`The store "${shown}" ${why}. Write ${form}.`);
  if (parts === null) throw refuse("is not a Redis URL");
  const [, scheme, login = "", hosts = "", db = "", query = ""] = parts;
  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].find((name) => name !== "prefix");
  if (unknown !== undefined) throw refuse(`has an unknown option "${unknown}"`);
  const prefix = options.get("prefix") ?? defaultPrefix;
  if (/[{}\0]/.test(prefix))
    throw refuse(
      "has a prefix with a brace or NUL, which is not allowed because Redis Cluster treats braces as hash tags",
    );
  const [username, password] = login.split(/:(.*)/s).map((part) => decode(part, refuse));
  return {
    hosts: hosts.split(",").map((host) => parseHost(host, refuse)),
    username: username === "" ? undefined : username,
    password: password === "" ? undefined : password,
    db: Number(db),
    tls: scheme === "rediss",
    prefix,
    shown,
  };
}

/** A URL of a store as it may be printed, also one that cannot be opened, in which nobody knows where the password ends. */
export function withoutPassword(url: string): string {
  const shown = url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*:)[^/?#]*@/i, "$1***@");
  if (shown !== url || URL.canParse(url)) return shown;
  const [scheme = ""] = /^[a-z][a-z0-9+.-]*:\/*/i.exec(url) ?? [];
  const rest = url.slice(scheme.length);
  const [colon, first] = [rest.indexOf(":"), rest.indexOf("@")];
  return scheme === "" || colon === -1 || first < colon ? url : `${scheme}***${rest.slice(rest.lastIndexOf("@"))}`;
}

/** A text that is no URL of ours, without what stands between its first slashes and its last @. */
export function withoutLogin(url: string): string {
  const [from, to] = [url.indexOf("//"), url.lastIndexOf("@")];
  return from === -1 || to < from ? url : `${url.slice(0, from)}//***${url.slice(to)}`;
}

function parseHost(text: string, refuse: (why: string) => StoreError): { host: string; port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? 6379);
  if (host === undefined || port < 1 || port > 65_535) throw refuse(`has an invalid host and port: "${text}"`);
  return { host, port };
}

function decode(text: string, refuse: (why: string) => StoreError): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("has a user or password with a % that is not followed by two digits; write % as %25");
  }
}
