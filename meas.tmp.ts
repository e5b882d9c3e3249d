import { readers } from "./tests/support/foreign/readers.ts";
import { textKinds, writeHostile } from "./tests/support/foreign/texts.ts";
const N = Number(process.argv[2] ?? 20000);
const lim = Number(process.argv[3] ?? 150);
const only = process.argv[4];
for (const [name, read] of Object.entries(readers)) {
  if (only && !name.includes(only)) continue;
  const rows: string[] = [];
  for (const kind of textKinds) {
    const t = writeHostile(kind, N, 1);
    const c0 = process.cpuUsage();
    let note = "";
    try {
      await read(t);
    } catch (e) {
      note = (e as Error).constructor.name;
      if (!/CallError|EditError|SkillgraphError|FaultyReply|SkillError/.test(note))
        note += "!!" + (e as Error).message.slice(0, 80);
      else note = "";
    }
    const c = process.cpuUsage(c0);
    const ms = (c.user + c.system) / 1000;
    if (ms > lim || note.includes("!!")) rows.push(`    ${kind}: ${ms.toFixed(0)} ms ${note}`);
    if (ms > 20000) {
      console.log(name, rows.at(-1));
    }
  }
  if (rows.length) console.log(name + "\n" + rows.join("\n"));
}
