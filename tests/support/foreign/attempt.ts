import { shown } from "../../../cli/terminal/door.ts";
import { FaultyReply } from "../../../models/faults.ts";
import { showUnseenJson } from "../../../skills/unseen.ts";
import { SkillgraphError } from "../../../state/errors.ts";
import { readers } from "./readers.ts";

/** What became of a text: taken, refused in words of the program's own, or what should not have been. */
export type Outcome =
  | { end: "taken" | "refused"; milliseconds: number }
  | { end: "broken"; milliseconds: number; why: string };

/** CPU time is the process's own, with that of its garbage collector, whatever else the machine does. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Takes a text through one reader. */
export async function attempt(reader: string, text: string): Promise<Outcome> {
  const read = readers[reader];
  if (read === undefined) throw new Error(`There is no reader "${reader}".`);
  const begun = cpu();
  try {
    await read(text);
    return { end: "taken", milliseconds: cpu() - begun };
  } catch (error) {
    const milliseconds = cpu() - begun;
    const isKnown = error instanceof SkillgraphError || error instanceof FaultyReply;
    if (!isKnown) return { end: "broken", milliseconds, why: String(error).slice(0, 200) };
    const why = unprintable(shown(error.message));
    return why === undefined ? { end: "refused", milliseconds } : { end: "broken", milliseconds, why };
  }
}

/** What a terminal would act on, or nobody sees: all but line ends, tabs and what says how an emoji looks. */
const odd = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** What is wrong with a text that was made visible; undefined where all of it can be printed. */
function unprintable(text: string): string | undefined {
  const found = odd.exec(text.replaceAll(/\r\n|[\n\t]/g, ""));
  return found === null ? undefined : `U+${found[0].codePointAt(0)?.toString(16)} is printed as it is`;
}

/** What is wrong with a text as the terminal gets it, as words and as JSON. */
export function misprinted(text: string): string | undefined {
  const json = showUnseenJson(text);
  return (
    unprintable(shown(text)) ?? unprintable(json) ?? (JSON.parse(json) === text ? undefined : "JSON says another text")
  );
}
