/** A text that gives a secret away, and how much of it does: that many characters in a row. */
export interface SecretForm {
  text: string;
  least: number;
}

/** A value this short is a word of the language rather than a secret. */
export const shortestSecret = 8;

/** A word of the language, or a name like one. */
export const isWord = (text: string) => /^[A-Z]?(?:[a-z]{2,14}|[A-Z]{1,14})$/.test(text);

/** Made of words and small numbers, as names and phrases are: pieces of it stand in other texts by chance. */
export function isPhrase(value: string): boolean {
  return value.split(/[-_.,:/@ ]/).every((part) => isWord(part) || /^\w?\d{0,4}$/.test(part));
}

/**
 * How much of a value gives it away: half of it, though never fewer characters than a short secret has, nor more than twelve;
 * of a phrase three quarters, up to twice that.
 */
function windowOf(value: string): number {
  const [share, least, most] = isPhrase(value) ? [0.75, 12, 24] : [0.5, shortestSecret, 12];
  return Math.min(value.length, most, Math.max(least, Math.ceil(value.length * share)));
}

/**
 * The ways in which a value may stand in a text: as it is, with its white space folded, quoted for JSON, shells and HTML,
 * encoded for URLs, in base64 and in hexadecimal digits. Lines and cut pieces of it need no form of their own, as pieces of
 * `least` characters are enough.
 */
export function formsOf(value: string): SecretForm[] {
  const forms = new Map<string, number>();
  const share = windowOf(value) / value.length;
  const add = (text: string) => {
    if (text.length < shortestSecret) return;
    const least = Math.max(shortestSecret, Math.round(text.length * share));
    forms.set(text, Math.min(text.length, least));
  };
  for (const text of [value, value.replaceAll(/\s+/g, " "), value.replaceAll(/\r?\n/g, "\r\n")]) {
    for (const written of [text, ...jsonForms(text), ...shellForms(text), ...urlForms(text), htmlForm(text)])
      add(written);
  }
  const bytes = Buffer.from(value);
  for (const text of [bytes.toString("hex"), bytes.toString("hex").toUpperCase(), ...base64Forms(bytes)]) add(text);
  return [...forms].map(([text, least]) => ({ text, least }));
}

/** JSON in JSON escapes twice; some writers also escape what is not ASCII. */
function jsonForms(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1);
  const ascii = once.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [once, JSON.stringify(once).slice(1, -1), ascii];
}

/** Inside of single quotes, inside of double quotes, without quotes. */
function shellForms(text: string): string[] {
  return [
    text.replaceAll("'", "'\\''"),
    text.replaceAll(/["$`\\]/g, "\\$&"),
    text.replaceAll(/[^\w@%+=:,./\n-]/g, "\\$&"),
  ];
}

function urlForms(text: string): string[] {
  // Halves of characters cannot be encoded.
  const whole = text.toWellFormed();
  const [all, some] = [encodeURIComponent(whole), encodeURI(whole)];
  const form = new URLSearchParams([["", whole]]).toString().slice(1);
  return [all, some, form].flatMap((each) => [each, each.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function htmlForm(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
}

/** Base64 depends on where the value begins in what is encoded: the part of each of three alignments that is its own. */
function base64Forms(value: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), value]);
    const whole = Math.floor(bytes.length / 3) * 4;
    const from = before === 0 ? 0 : 4;
    return [bytes.toString("base64").slice(from, whole), bytes.toString("base64url").slice(from, whole)];
  });
}
