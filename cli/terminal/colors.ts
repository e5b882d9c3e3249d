import pc from "picocolors";

/** Colours are for people at a terminal: not in a pipe, not in a log of CI, not where NO_COLOR is set. */
function colorsOf(stream: { isTTY?: boolean }) {
  return pc.createColors(stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "");
}

export const stderrColors = colorsOf(process.stderr);
export const stdoutColors = colorsOf(process.stdout);

/** How an outcome is painted, as a key of `Outcome`. */
export const outcomePaints = ({ green, red, yellow }: typeof stderrColors) => ({
  accepted: green,
  rejected: red,
  undecided: yellow,
});
