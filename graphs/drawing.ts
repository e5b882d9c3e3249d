import type { Graph } from "@langchain/core/runnables/graph";

/** What of a compiled graph is drawn: LangGraph's `await graph.getGraphAsync()` is one. */
export type DrawableGraph = Pick<Graph, "nodes" | "edges" | "toJSON" | "drawMermaid">;

export type GraphFormat = "mermaid" | "svg" | "json";

const size = { height: 36, character: 8.2, padding: 32, margin: 12, fontSize: 14 };

/** A compiled graph as text: Mermaid and JSON as LangGraph writes them, SVG laid out here, without a browser or a network. */
export async function drawGraph(graph: DrawableGraph, format: GraphFormat): Promise<string> {
  if (format === "mermaid") return graph.drawMermaid();
  if (format === "json") return `${JSON.stringify(graph.toJSON(), null, 2)}\n`;
  return svgOf(graph);
}

interface Point {
  x: number;
  y: number;
}

async function svgOf({ nodes, edges }: DrawableGraph): Promise<string> {
  const { graph, layout } = await layoutEngine();
  for (const id of Object.keys(nodes)) {
    const width = nameOf(id).length * size.character + size.padding;
    graph.setNode(id, { label: id, width, height: size.height });
  }
  for (const { source, target } of edges) graph.setEdge(source, target, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const lines = edges.map(({ source, target, conditional }) =>
    lineOf(graph.edge(source, target).points ?? [], conditional === true),
  );
  const boxes = Object.keys(nodes).map((id) => boxOf(id, graph.node(id)));
  const names = Object.keys(nodes).map(nameOf).join(", ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${escape(`A graph of ${names}`)}">
<style>
svg { color: #1b2326; --box: #eef4f7; --edge: #0b6592; background: #ffffff; }
@media (prefers-color-scheme: dark) { svg { color: #e7ecee; --box: #1f2b31; --edge: #63bbe8; background: #121618; } }
text { font: ${size.fontSize}px system-ui, "Segoe UI", Roboto, Arial, sans-serif; fill: currentColor; text-anchor: middle; dominant-baseline: central; }
rect { fill: var(--box); stroke: var(--edge); stroke-width: 1.5; }
path { fill: none; stroke: var(--edge); stroke-width: 1.5; }
path.arrow { fill: var(--edge); stroke: none; }
.conditional { stroke-dasharray: 5 4; }
</style>
<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="arrow" d="M0,0L10,5L0,10z"/></marker></defs>
${[...lines, ...boxes].join("\n")}
</svg>
`;
}

/** Loaded for this alone. */
async function layoutEngine() {
  const { Graph: LayoutGraph, layout } = await import("@dagrejs/dagre");
  const graph = new LayoutGraph({ directed: true });
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 34, marginx: size.margin, marginy: size.margin });
  return { graph, layout };
}

function nameOf(id: string): string {
  return { __start__: "start", __end__: "end" }[id] ?? id;
}

function boxOf(
  id: string,
  { x = 0, y = 0, width = 0, height = 0 }: Partial<Point & { width: number; height: number }>,
) {
  const isEnd = id === "__start__" || id === "__end__";
  const radius = isEnd ? height / 2 : 6;
  return `<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/><text x="${round(x)}" y="${round(y)}">${escape(nameOf(id))}</text>`;
}

/** Through the middles between the points, which makes it smooth. */
function lineOf(points: readonly Point[], isConditional: boolean): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (first === undefined || last === undefined) return "";
  const curves = rest.map((point, index) => {
    const next = rest[index + 1] ?? last;
    const isLast = index === rest.length - 1;
    const end = isLast ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${at(point)} ${at(end)}`;
  });
  const way = curves.length === 0 ? `L${at(last)}` : curves.join("");
  return `<path d="M${at(first)}${way}" marker-end="url(#arrow)"${isConditional ? ' class="conditional"' : ""}/>`;
}

const at = ({ x, y }: Point) => `${round(x)},${round(y)}`;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
