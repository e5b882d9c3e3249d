import { settingIn } from "../state/bare.ts";
import { SettingsError } from "../state/errors.ts";

/** Where models of a server are asked, as an environment says: SERVER_BASE_URL and SERVER_API_KEY. */
export interface ModelServer {
  /** The variables that say it. */
  addressName: string;
  keyName: string;
  /** Undefined where none is set, but for OpenAI's own. */
  address: ServerAddress | undefined;
  /** Whether it is OpenAI's own, as no other is set. */
  isDefault: boolean;
  key: string | undefined;
}

/** An address that was read once, at the door. */
export interface ServerAddress {
  /** As a user may see it: without its query, which may hold what is secret. */
  shown: string;
  /** All of it, as a client takes it. */
  url: string;
  /** The URL of a path below it, such as `chat/completions`; the query of the address is kept. */
  urlOf(path: string): string;
  /** What each request needs so that it is let in. */
  headersFor(key: string | undefined): Record<string, string>;
  /** Whether it is a server of OpenAI's own. */
  isOpenAI: boolean;
}

const openai = "https://api.openai.com/v1";
const example = "such as http://localhost:11434/v1";

/** Throws a SettingsError that names the variable where an address or a key cannot be one; no value of a key is quoted. */
export function serverIn(environment: Readonly<Record<string, string | undefined>>, server: string): ModelServer {
  const [addressName, keyName] = [`${server}_BASE_URL`, `${server}_API_KEY`];
  const given = settingIn(environment, addressName);
  const isDefault = given === undefined && server === "OPENAI";
  const text = isDefault ? openai : given;
  const address = text === undefined ? undefined : parseAddress(text, addressName);
  return { addressName, keyName, address, isDefault, key: keyIn(environment, keyName) };
}

/** What ends an address that was copied with the path of one call. */
const endpoint = /\/(?:chat\/completions|completions|responses)$/;

/** Reads the address of an OpenAI-compatible server; `name` is the setting it comes from. */
export function parseAddress(text: string, name: string): ServerAddress {
  const refuse = (why: string) =>
    new SettingsError(name, `${name} ${why}. Set it to the address of a server, ${example}.`);
  if (/[\s\p{Cc}]/u.test(text)) throw refuse("contains white space");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw refuse("has no scheme: it must begin with http:// or https://");
  if (scheme !== "http" && scheme !== "https")
    throw refuse(`begins with ${scheme}://, but must begin with http:// or https://`);
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) throw refuse("is not a URL");
  const { origin, hostname, pathname, search, username, password } = new URL(text);
  if (username !== "" || password !== "")
    throw refuse(`contains a user or password, which is not supported; set the key in its own variable`);
  const base = `${origin}${trimmed(trimmed(pathname).replace(endpoint, ""))}`;
  // Azure's addresses of a deployment name the version of the API, and take the key in a header of their own.
  const isAzure = new URLSearchParams(search).has("api-version");
  return {
    shown: base,
    url: `${base}${search}`,
    urlOf: (path) => `${base}/${path}${search}`,
    headersFor(key) {
      if (key === undefined) return {};
      return isAzure ? { "api-key": key } : { authorization: `Bearer ${key}` };
    },
    isOpenAI: hostname === "api.openai.com",
  };
}

const trimmed = (path: string) => path.replace(/(?<!\/)\/+$/, "");

/** The key that a variable holds; throws a SettingsError where it cannot be sent as one. */
export function keyIn(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const key = settingIn(environment, name);
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  const odd = /[\r\n]/.test(key) ? "a line break" : /\s/.test(key) ? "white space" : "a character that is not ASCII";
  throw new SettingsError(
    name,
    `${name} contains ${odd}, so it cannot be sent as a key. Set it to the key alone; its value is not shown here.`,
  );
}
