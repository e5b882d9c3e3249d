/** Runs the named parts of a benchmark, or all of them where none is named. Throws where there is no part of a name. */
export async function runParts(
  parts: Readonly<Record<string, () => Promise<void>>>,
  names: readonly string[],
): Promise<void> {
  const known = Object.keys(parts);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}"; choose among ${known.join(" and ")}.`);
  for (const name of names.length === 0 ? known : names) await parts[name]?.();
}
