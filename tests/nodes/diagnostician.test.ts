import { expect, test } from "vitest";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import type { Diagnostician } from "../../analysts/analyst.ts";
import { createDiagnostician } from "../../nodes/diagnostician.ts";
import { withSeen } from "../../state/seen.ts";
import { deficienciesOf } from "../../stores/payload/opened.ts";
import { createListener, listingAnalyst, openRoom, settingsOf, skillOf, stateOf, tasksOf } from "../support/nodes.ts";

const failureOf = (task: string, category: string) => ({
  task,
  category,
  place: null,
  expected: null,
  got: null,
  evidence: "",
});

test("traces failures to the parent's skills and tells how many there are of each kind", async () => {
  const { payload, archive, ledger, executor, suites } = await openRoom({ train: tasksOf("train", ["cats", "dogs"]) });
  const [parent, head] = [await payload.putProgram([skillOf("cats")]), await payload.putProgram([skillOf()])];
  const failures = [failureOf("a", "dogs"), failureOf("b", "owls"), failureOf("c", "dogs")];
  const skills: string[] = [];
  const replayed: string[] = [];
  const request = { program: parent, suite: "train" as const, tasks: suites.train, indices: [0, 1], samples: 1 };
  const replay = [await archive.save(await executor.roll(request, {}))];
  const diagnostician: Diagnostician = {
    async diagnose(found, given, studied) {
      skills.push(...given.map(({ hash }) => hash));
      replayed.push(...studied.map(({ rollout }) => rollout.task));
      return listingAnalyst.diagnose(found, given, studied);
    },
  };
  const { runtime, events } = createListener();
  const state = stateOf({
    failures: await payload.putJson(failures),
    parents: [parent],
    head,
    generation: 2,
    suites,
    replay,
    seen: withSeen("", 2, [0, 1]),
    settings: settingsOf({ replay: 1 }),
  });
  const { deficiencies = null } = await createDiagnostician({
    failing: anyShortfall,
    diagnostician,
    payload,
    archive,
    ledger,
  })(state, runtime);
  expect(await deficienciesOf({ deficiencies }, payload)).toMatchObject([
    { category: "dogs", tasks: ["a", "c"] },
    { category: "owls", tasks: ["b"] },
  ]);
  expect(skills).toEqual([skillOf("cats").hash]);
  expect(replayed).toEqual(["train-1"]);
  expect(events).toEqual([
    { type: "deficiencies-found", generation: 2, failures: 3, categories: { dogs: 2, owls: 1 } },
  ]);
});

test("diagnoses nothing where the analyzer left nothing", async () => {
  const { payload, archive, ledger, start, suites } = await openRoom();
  const node = createDiagnostician({ failing: anyShortfall, diagnostician: listingAnalyst, payload, archive, ledger });
  const { runtime, events } = createListener();
  expect(await node(stateOf({ parents: [start], suites }), runtime)).toEqual({ deficiencies: null });
  expect(events).toEqual([]);
});

test("counts once what failed nothing", async () => {
  const { payload, archive, ledger, start, suites } = await openRoom();
  const [missed] = await listingAnalyst.diagnose([failureOf("a", "dogs")], [], []);
  const diagnostician: Diagnostician = {
    diagnose: async () => [missed!, { ...missed!, category: "redundant_rule", tasks: [] }],
  };
  const { runtime, events } = createListener();
  const state = stateOf({ parents: [start], suites, failures: await payload.putJson([]) });
  await createDiagnostician({ failing: anyShortfall, diagnostician, payload, archive, ledger })(state, runtime);
  expect(events).toMatchObject([{ failures: 0, categories: { dogs: 1, redundant_rule: 1 } }]);
});
