import { analyse } from "scslre";

/**
 * A rule for the linter: no pattern of the source may take more than linear time on a character that repeats itself. What is
 * read is often written by others, and the engine tries every way there is.
 */
const patterns = {
  create: (context) => ({
    Literal(node) {
      if (node.regex === undefined) return;
      const { pattern, flags } = node.regex;
      const [report] = analyse(new RegExp(pattern, flags), { maxReports: 1 }).reports;
      if (report === undefined) return;
      const { character, exponential } = report;
      context.report({
        node,
        message: `This pattern takes ${exponential ? "exponential" : "quadratic"} time in a run of ${character.literal.source}. Anchor it, or begin a run where it begins: (?<!x)x+$.`,
      });
    },
  }),
};

export default { meta: { name: "linear" }, rules: { patterns } };
