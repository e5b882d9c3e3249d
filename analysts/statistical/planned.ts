import type { EditBudget } from "../analyst.ts";

/** What the operators do, as edits are named whose analyst names no operator: plans that were mined from such edits can be followed too. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  add_text: ["add_rule", "add_before", "add_steps", "add_exception", "add_extraction", "add_extraction_before"],
  rewrite_text: [
    "extend_alternatives",
    "extend_items",
    "change_normaliser",
    "change_pattern",
    "widen_extraction",
    "narrow",
    "set_default",
    "set_answer",
    "set_important",
    "move_rule",
  ],
  shorten_text: ["merge_rules", "prune"],
  remove_text: ["delete_rule", "prune"],
  // A skill is created for rules that are added.
  create_skill: ["add_rule", "add_before"],
};

/** Whether an operator may be used: one of the plan, by its name or by what it does; any without a plan. */
export function createPlannedTest(plan: EditBudget["plan"]): (operator: string) => boolean {
  if (plan === undefined) return () => true;
  const names = new Set(plan.operators.flatMap((name) => [name, ...(kinds[name] ?? [])]));
  return (operator) => names.has(operator);
}
