import pc from "picocolors";

/** Colours are for people at a terminal: not in a pipe, not in a log of CI, not where NO_COLOR is set. */
function colorsOf(stream: { isTTY?: boolean }) {
  return pc.createColors(stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "");
}

export const stderrColors = colorsOf(process.stderr);
export const stdoutColors = colorsOf(process.stdout);
