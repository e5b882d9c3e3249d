import type { TaskAgent } from "../../agents/agent.ts";
import type { Parts } from "../../graphs/parts.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { houseChatAgent } from "./model-server/house-chat.ts";
import { houseParts, houseSettings } from "./world.ts";

/** What the durability suite runs. A recipe, a gate or a store (`drivers`) joins it by one line. */
export interface Recipe {
  name: string;
  parts(agent?: TaskAgent): Parts;
  settings: SettingsInput;
  /** What answers; by default the embedded agent. */
  agent?: TaskAgent;
  /** The gates it is run with; by default all. */
  gates?: readonly Gate[];
}

/** Parts whose agent is not embedded: every attempt is noted before it is made. */
const notedParts: Recipe["parts"] = (agent) => {
  const parts = houseParts(agent);
  return { ...parts, agent: { ...parts.agent, isEmbedded: false } };
};

export const recipes: Recipe[] = [
  { name: "epochs", parts: houseParts, settings: houseSettings },
  { name: "minibatches, attempts noted", parts: notedParts, settings: { ...houseSettings, sampling: "minibatch" } },
  {
    name: "chat over HTTP",
    parts: houseParts,
    settings: { ...houseSettings, generations: 2, batch: 8 },
    agent: houseChatAgent,
    gates: ["strict"],
  },
];

export const gates = ["strict", "no-worse", "always"] as const;
export type Gate = (typeof gates)[number];
