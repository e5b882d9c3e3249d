/** Names of environment variables whose values are secret. */
const secretNames = /(KEY|TOKEN|SECRET|PASSWORD)$/i;

/** Shorter values are words of the language rather than secrets. */
const leastLength = 8;

/**
 * The text with the values of environment variables blotted out whose names end in KEY, TOKEN, SECRET or PASSWORD, as they
 * stand and in base64: messages of errors may quote the request that failed.
 */
export function withoutSecrets(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  return createBlotter(environment)(text);
}

/** The same for many texts: the environment is read once. */
export function createBlotter(environment: NodeJS.ProcessEnv = process.env): (text: string) => string {
  const secrets = Object.entries(environment).filter(
    ([name, value]) => secretNames.test(name) && value !== undefined && value.length >= leastLength,
  );
  // The longest first: one may be part of another.
  const forms = secrets
    .flatMap(([name, value = ""]) => formsOf(value).map((form) => [name, form] as const))
    .toSorted(([, one], [, other]) => other.length - one.length);
  return (text) => forms.reduce((rest, [name, form]) => rest.replaceAll(form, () => `[${name}]`), text);
}

function formsOf(value: string): string[] {
  return [value, encodeURIComponent(value), ...base64FormsOf(value)];
}

/** Base64 depends on where the value begins in what is encoded: the part of each of three alignments that is its own. */
function base64FormsOf(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from("\0".repeat(before) + value);
    const whole = Math.floor(bytes.length / 3) * 4;
    return bytes.toString("base64").slice(before === 0 ? 0 : 4, whole);
  });
}
