import { randomUUID } from "node:crypto";
import pc from "picocolors";

/** Stands for the escape character until the text is through the door: what others write cannot hold it. */
const mark = `<${randomUUID()}>`;

type Paint = (text: string) => string;
type ColorName = "bold" | "dim" | "green" | "red" | "yellow";

/** Colours are for people at a terminal: not in a pipe, not in a log of CI, not where NO_COLOR is set. */
function colorsOf(stream: { isTTY?: boolean }): Record<ColorName, Paint> {
  const colors = pc.createColors(stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "");
  const paint = (name: ColorName) => (text: string) =>
    colors[name]("\0")
      .replaceAll("\u001b", mark)
      .replace("\0", () => text);
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    green: paint("green"),
    red: paint("red"),
    yellow: paint("yellow"),
  };
}

/** The text with the codes of its colours. Only the door prints it. */
export function codes(text: string): string {
  return text.replaceAll(mark, "\u001b");
}

export const stderrColors = colorsOf(process.stderr);
export const stdoutColors = colorsOf(process.stdout);

/** How an outcome is painted, as a key of `Outcome`. */
export const outcomePaints = ({ green, red, yellow }: typeof stderrColors) => ({
  accepted: green,
  rejected: red,
  inconclusive: yellow,
  undecided: yellow,
});
