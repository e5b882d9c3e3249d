/** The config and runtime of a LangGraph node, the runtime of a tool, and what LangChain adds. */
const ofTheRun = new Set(
  (
    "signal timeout promptIndex outputKeys streamMode store writer interrupt context interruptBefore interruptAfter " +
    "checkpointDuring durability heartbeat executionInfo serverInfo control state toolCall toolCallId config"
  ).split(" "),
);

/**
 * The options of a call that are for the provider, such as a temperature or the format of the reply. Left out is what belongs to the
 * surrounding run: it is included where a node passes its config on (`model.invoke(messages, config)`), and differs
 * each time.
 */
export function providerOptions(given: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !ofTheRun.has(name)));
}
