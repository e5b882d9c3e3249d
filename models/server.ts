/** Where models of a server are asked, as an environment says: SERVER_BASE_URL and SERVER_API_KEY. */
export interface ModelServer {
  /** The variables that say it. */
  addressName: string;
  keyName: string;
  /** The URL; undefined where none is set, but for OpenAI's own. */
  address: string | undefined;
  /** Whether it is OpenAI's own, as no other is set. */
  isDefault: boolean;
  key: string | undefined;
}

const openai = "https://api.openai.com/v1";

export function serverIn(environment: Readonly<Record<string, string | undefined>>, server: string): ModelServer {
  const [addressName, keyName] = [`${server}_BASE_URL`, `${server}_API_KEY`];
  const given = environment[addressName] || undefined;
  const isDefault = given === undefined && server === "OPENAI";
  const key = environment[keyName] || undefined;
  return { addressName, keyName, address: isDefault ? openai : given, isDefault, key };
}
