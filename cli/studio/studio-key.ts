/** The header by which LangGraph's dev server knows requests of ours. */
export const keyHeader = "x-skillgraph-key";
