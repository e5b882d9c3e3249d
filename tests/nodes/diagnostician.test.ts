import { expect, test } from "vitest";
import type { Diagnostician } from "../../analysts/analyst.ts";
import { createDiagnostician } from "../../nodes/diagnostician.ts";
import { createListener, listingAnalyst, openRoom, skillOf, stateOf } from "../support/nodes.ts";

const failureOf = (task: string, category: string) => ({
  task,
  category,
  place: null,
  expected: null,
  got: null,
  evidence: "",
});

test("traces failures to the parent's skills and tells how many there are of each kind", async () => {
  const { payload } = await openRoom();
  const [parent, head] = [await payload.putProgram([skillOf("cats")]), await payload.putProgram([skillOf()])];
  const failures = [failureOf("a", "dogs"), failureOf("b", "owls"), failureOf("c", "dogs")];
  const skills: string[] = [];
  const diagnostician: Diagnostician = {
    async diagnose(found, given) {
      skills.push(...given.map(({ hash }) => hash));
      return listingAnalyst.diagnose(found, given);
    },
  };
  const { runtime, events } = createListener();
  const state = stateOf({ failures: await payload.putJson(failures), parent, head, generation: 2 });
  const { deficiencies } = await createDiagnostician({ diagnostician, payload })(state, runtime);
  expect(deficiencies).toMatchObject([
    { category: "dogs", tasks: ["a", "c"] },
    { category: "owls", tasks: ["b"] },
  ]);
  expect(skills).toEqual([skillOf("cats").hash]);
  expect(events).toEqual([
    { type: "deficiencies-found", generation: 2, failures: 3, categories: { dogs: 2, owls: 1 } },
  ]);
});

test("diagnoses nothing where the analyzer left nothing", async () => {
  const { payload, start } = await openRoom();
  const node = createDiagnostician({ diagnostician: listingAnalyst, payload });
  expect(await node(stateOf({ parent: start }), createListener().runtime)).toEqual({ deficiencies: [] });
});
