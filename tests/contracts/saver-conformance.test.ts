import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import { describe } from "vitest";
import { createLeases } from "../../stores/lease/lease.ts";
import { createRegistry } from "../../stores/registry.ts";
import { createSaver } from "../../stores/saver/saver.ts";
import { drivers, type TestStore } from "../support/stores.ts";

describe.each(drivers)("LangGraph's saver conformance suite over $name", ({ name, open }) => {
  const opened = new Map<BaseCheckpointSaver, TestStore>();
  const initializer = {
    checkpointerName: `skillgraph-${name}`,
    createCheckpointer() {
      const test = open();
      const registry = createRegistry(test.store);
      const saver = createSaver({ store: test.store, registry, leases: createLeases({ store: test.store, registry }) });
      opened.set(saver, test);
      return saver;
    },
    destroyCheckpointer: (saver: BaseCheckpointSaver) => opened.get(saver)?.dispose(),
  };
  validate(initializer);
  deltaChannelHistoryTests(initializer);
});
