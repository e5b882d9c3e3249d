import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { endUndisturbed, raiseStorm } from "../../support/durability/attacks/real-storm.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test("processes killed before they can finish a task hold none of them, pay nothing again and end in the same digest", async () => {
  const witness = join(folder.path, "witness");
  const { digest } = await endUndisturbed(witness);
  const url = `file:${join(folder.path, "storm.db")}`;
  const end = await raiseStorm({ seed: 1, url, witness, kills: 3, concurrency: 64, length: 20, reach: 0.9 });
  expect(end).toMatchObject({ status: "finished", digest, held: [], paidAgain: [] });
});
