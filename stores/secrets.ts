import { existsSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { formsOf, isWord, shortestSecret } from "./secret-forms.ts";
import { createSecretSearch } from "./secret-search.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Takes what gives a secret away out of a text. */
export type Blot = (text: string) => string;

/** Names of environment variables whose values are secret, their last words in any case. */
const secretNames = new RegExp(
  [
    "(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|COOKIE)S?(?:_\\d+)?$",
    "(?<!BY|COM|ASK)PASS$",
    "(?:^|[_-])(?:PAT|AUTH|AUTHORIZATION|BEARER|JWT|DSN|PSK)$",
    "CONNECTION_?STRING$",
    "SECRET_KEY_BASE$",
    "(?<!^|^OLD)PWD$",
  ].join("|"),
  "i",
);

/** Variables that describe the machine: no secrets, also where they are handed to a command. */
const machineNames =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TERM|COLORTERM|TZ|PWD|OLDPWD|TMPDIR|TMP|TEMP|HOSTNAME|DISPLAY|EDITOR|PAGER|NODE_ENV|CI|NO_COLOR|XDG_\w+)$/;

/** What settings have for values: words of configuration, and what stands where a server needs no key. */
const everyday = new RegExp(
  `^(?:(?:${[
    "disabled|enabled|required|optional|external|internal|anonymous|production|development|staging|localhost|undefined",
    "automatic|standard|default|basic|none|null|empty|any(?:thing)?|some|what(?:ever)?|true|false|yes|not?|needed|used|set|unused",
    "test(?:ing)?|dummy|fake|mock|demo|example|sample|placeholder|change|replace|insert|me|it|this|here|your|my|the|a",
    "sk|api|key|token|secret|password|passwd|pass|auth|user|admin|root|local|dev|prod|ollama|vllm|llama|lm|studio",
  ].join("|")})[-_ .]?)+(?:\\d{1,4}|12345\\d*)?$|^(?:0?1234567\\d*)$`,
  "i",
);

/** No two words of the list together make a third, so that a value is read in one way; a longer one is made of more than those. */
const isEveryday = (value: string) => value.length <= 40 && everyday.test(value);

/** What was handed on by name, or is known as a secret for another reason: the name by the value. */
const kept = new Map<string, string>();

/** Counts what is kept, so that who reads it knows when it changed. */
let keptCount = 0;

/** Whether the values of variables of this name are secrets. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name);
}

/**
 * From now on a value is a secret; the name stands in its place. Everyday words, paths that exist and addresses without a
 * login are none.
 */
export function keepSecret(name: string, value: string | undefined): void {
  if (value === undefined || kept.has(value)) return;
  kept.set(value, name);
  keptCount += 1;
}

/**
 * What is handed to a command by name is a secret whatever its name, but for what describes the machine, and, where the name does
 * not say that it is one, what is short or a word of the language: to take that out of all answers would spoil them.
 */
export function keepPassed(name: string, value: string | undefined): void {
  if (value === undefined || machineNames.test(name)) return;
  const text = value.trim();
  if (isSecretName(name) || (text.length >= shortestSecret && !isWord(text))) keepSecret(name, value);
}

/**
 * The text of a message without secrets and without the passwords of URLs. Messages may quote the request that failed; what an
 * agent answers is blotted by `createBlotter`, which leaves the URLs of its examples as they are.
 */
export function withoutSecrets(text: string, environment: Environment = process.env): string {
  return createBlotter(environment)(withoutLogins(text));
}

/** The text with the user and password of each URL left out. */
function withoutLogins(text: string): string {
  return text.replaceAll(loginPattern, "$1***@");
}

/** Bounded, so that a long text without an end of the login takes no longer than any other. */
const loginPattern = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@"'<>:]{0,200}:[^\s/?#"'<>]{0,200}@/gi;

/** Blots many texts: the environment is read once, and what is kept later is known all the same. */
export function createBlotter(environment: Environment = process.env): Blot {
  const named = Object.entries(environment).flatMap(([name, value = ""]) => secretsOf(name, value));
  let [search, count] = [searchFor(named), keptCount];
  return (text) => {
    if (count !== keptCount) [search, count] = [searchFor(named), keptCount];
    return search(text);
  };
}

/** All texts of a value of plain JSON blotted, keys too. What holds no secret is given back as it is. */
export function blotJson<Value>(value: Value, blot: Blot): Value {
  return blotted(value, blot) as Value;
}

function blotted(value: unknown, blot: Blot): unknown {
  if (typeof value === "string") return blot(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => blotted(item, blot));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const fields = value as Record<string, unknown>;
  let isSame = true;
  const items = Object.keys(fields).map((key) => {
    const item = blotted(fields[key], blot);
    isSame &&= blot(key) === key && Object.is(item, fields[key]);
    return item;
  });
  if (isSame) return value;
  return Object.fromEntries(Object.keys(fields).map((key, index) => [blot(key), items[index]]));
}

/** The name of a secret that stands in a text, or what else in it is one; undefined where there is none. */
export function secretIn(text: string): string | undefined {
  const hidden = withoutSecrets(text);
  if (hidden === text) return undefined;
  if (withoutLogins(text) !== text) return "the password of a URL";
  let at = 0;
  while (hidden[at] === text[at]) at += 1;
  return `the value of ${/^\[([^\]]+)\]/.exec(hidden.slice(at))?.[1] ?? "a secret"}`;
}

/** The secrets that a variable of the environment holds, by their name. */
function secretsOf(name: string, value: string): Array<readonly [name: string, secret: string]> {
  const secrets = secretNames.test(name) ? partsOf(value) : loginsIn(value);
  return secrets.map((secret) => [name, secret] as const);
}

let latest = { key: "", search: createSecretSearch([]) };

function searchFor(named: ReadonlyArray<readonly [name: string, secret: string]>): Blot {
  const all = [...named, ...[...kept].flatMap(([value, name]) => partsOf(value).map((part) => [name, part] as const))];
  const key = JSON.stringify(all);
  if (latest.key === key) return latest.search;
  // The same whatever the order in which things became known; the longest first, as one may be part of another.
  const sorted = all.toSorted(([name, one], [other, two]) => two.length - one.length || (name < other ? -1 : 1));
  const forms = sorted.flatMap(([name, secret]) => formsOf(secret).map((form) => ({ ...form, name: shown(name) })));
  const [long, short] = [createSecretSearch(forms), shortSearch(sorted.filter(([, secret]) => isShort(secret)))];
  latest = { key, search: (text) => short(long(text)) };
  return latest.search;
}

/** Short secrets are taken out where they stand alone: in a longer word they are there by chance. */
function shortSearch(secrets: ReadonlyArray<readonly [name: string, secret: string]>): Blot {
  if (secrets.length === 0) return (text) => text;
  const names = new Map(
    secrets.flatMap(([name, secret]) =>
      [secret, encodeURIComponent(secret)].map((form) => [form, shown(name)] as const),
    ),
  );
  const any = [...names.keys()].map((form) => form.replaceAll(/[^\w]/g, "\\$&")).join("|");
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${any})(?![A-Za-z0-9])`, "g");
  return (text) => text.replaceAll(pattern, (found) => `[${names.get(found) ?? "secret"}]`);
}

/** A name that spoils no JSON, and no terminal, it is put into. */
const shown = (name: string) => name.replaceAll(/[^\w .:-]/g, "_").slice(0, 60);

/** What is secret in a value: all of it, unless only parts of it are, or nothing. */
function partsOf(given: string): string[] {
  const value = given.trim();
  if (!isSearched(value) || isEveryday(value) || isPath(value)) return loginsIn(value);
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(value) && URL.canParse(value)) return partsOfUrl(value);
  const fields = fieldsOf(value);
  if (fields !== undefined) return fields;
  // The armour of a key and the head of a token are the same everywhere.
  const pieces = value.split(/-----(?:BEGIN|END) [A-Z0-9 ]+-----/).flatMap((piece) => piece.trim());
  const whole = pieces.map((piece) => piece.replace(/^eyJ[\w-]+\.(?=[\w-]+\.[\w-]+$)/, ""));
  return whole.filter(isSearched);
}

/** Fewer characters than a word has, but no word or number: letters with digits or signs. */
const isShort = (value: string) => /^(?=.*[a-z])(?=.*[^a-z])[!-~]{5,7}$/i.test(value);

const isSearched = (value: string) => value.length >= shortestSecret || isShort(value);

/** Secrets are made at random; a file that is there was named by somebody. */
function isPath(value: string): boolean {
  if (!isAbsolute(value)) return false;
  return value.split(":").every((path) => existsSync(path) || (dirname(path) !== "/" && existsSync(dirname(path))));
}

/** Segments of a path that are longer than words are. */
const longestWord = 20;

/** An address is no secret, but who may enter is, and so is what was drawn at random for it. */
function partsOfUrl(value: string): string[] {
  const { pathname, searchParams } = new URL(value);
  const segments = pathname.split("/").filter((segment) => segment.length >= longestWord);
  const found = [...segments, ...searchParams.values()].filter((part) => isSearched(part) && !isEveryday(part));
  return [...loginsIn(value), ...found];
}

/** The logins of all URLs in a text: `user:password`, and what of it is long enough to be secret by itself. */
function loginsIn(text: string): string[] {
  const found = text.matchAll(/\/\/([^\s/?#@"':]*):([^\s/?#"']*)@/g);
  return [...found].flatMap(([, user = "", password = ""]) =>
    [`${user}:${password}`, password, decoded(password)].filter((part) => isSearched(part) && !isEveryday(part)),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fields of a JSON object whose names are those of secrets; undefined for what is none, or has no such field. */
function fieldsOf(value: string): string[] | undefined {
  if (!value.startsWith("{")) return undefined;
  let fields: string[] = [];
  try {
    fields = Object.entries(JSON.parse(value) as object).flatMap(([name, field]: [string, unknown]) =>
      typeof field === "string" && secretNames.test(name) ? partsOf(field) : [],
    );
  } catch {
    return undefined;
  }
  return fields.length === 0 ? undefined : fields;
}
