// A run whose acknowledged answers are noted elsewhere, as the disk under its store will lose power: power-child.ts STORE WITNESS ACKNOWLEDGED.
import { appendFileSync } from "node:fs";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import { openStore } from "../../../../stores/open.ts";
import type { RecordStore } from "../../../../stores/record-store.ts";
import { houseOn } from "../crashes.ts";
import { withDelay } from "../zombies.ts";

const [url, witness, acknowledged] = process.argv.slice(2) as [string, string, string];
const file = await openStore(url);
const store: RecordStore = {
  ...file,
  async commit(batch) {
    const outcomes = await file.commit(batch);
    const answers = batch.filter(({ space }) => space.includes("/answer/")).map(({ space }) => `${space}\n`);
    if (answers.length > 0) appendFileSync(acknowledged, answers.join(""));
    return outcomes;
  },
};
process.stdout.write("working\n");
const options = houseOn(store, witness);
const run = await optimize({ ...options, agent: withDelay(options.agent) });
process.stdout.write(`${(await run.result()).digest}\n`);
