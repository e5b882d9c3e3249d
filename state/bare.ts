/** A setting as it was meant: without the white space and the quotes that files and shells leave around it. */
export function bare(text: string): string {
  const trimmed = text.trim();
  const quote = trimmed[0];
  const isQuoted = trimmed.length > 1 && (quote === '"' || quote === "'" || quote === "`") && trimmed.endsWith(quote);
  return isQuoted ? trimmed.slice(1, -1).trim() : trimmed;
}

/** The variable of an environment, bare; undefined where it is not set or nothing is in it. */
export function settingIn(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return bare(environment[name] ?? "") || undefined;
}
