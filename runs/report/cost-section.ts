import { Role } from "../../state/usage.ts";
import { markup, type Markup } from "./markup.ts";
import { table, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { counted, durationText, grouped, moneyText } from "../words.ts";

const does: Record<Role, string> = {
  agent: "agent, which answers tasks",
  analyst: "analyst, which studies failures",
  verifier: "verifier, which scores answers",
};

/** What was really paid, by who paid, and how far it went against the budgets. */
export function costSection({ result, settings, limits }: RunReport, artist: Artist): Markup {
  const { spent, rollouts, simulations, tokens } = result;
  const rows = Role.options.map((role) => {
    const { calls, inputTokens, outputTokens, usd } = spent.roles[role];
    return [does[role], grouped(calls), grouped(inputTokens), grouped(outputTokens), moneyText(usd)];
  });
  const of = (limit: number | null, unit = "") => (limit === null ? "" : ` of ${unit}${grouped(limit)}`);
  const isFree = Role.options.every((role) => spent.roles[role].calls === 0);
  return markup`<p>
      ${counted(rollouts, "rollout")}${of(settings.budgetRollouts)} requested, validation included,
      ${counted(spent.executions, "call")} executed; ${counted(simulations, "simulation")}, which are free;
      ${counted(tokens, "token")}${of(settings.budgetTokens)} in all answers;
      ${moneyText(spent.usd)}${of(limits.usd, "$")} paid;
      ${durationText(spent.seconds)}${of(limits.minutes)}${limits.minutes === null ? "" : " minutes"} of running time.
    </p>
    ${
      isFree
        ? markup`<p>No call of a model was paid for: the parts of this run are embedded.</p>`
        : markup`${picture(spent.roles, artist)}
          ${table({ caption: "Paid calls by role", columns: ["role", "calls", "tokens in", "tokens out", "cost"], figures: [1, 2, 3, 4], rows })}`
    }
    ${result.held.length === 0 ? "" : markup`<p><strong>Held:</strong> ${result.held.map(({ suite, task }) => `${task} (${suite})`).join(", ")}, because the process crashed on them repeatedly.</p>`}`;
}

function picture(roles: RunReport["result"]["spent"]["roles"], { plot, draw }: Artist): Markup {
  const isPriced = Role.options.some((role) => roles[role].usd > 0);
  const bars = Role.options.map((role) => {
    const { usd, inputTokens, outputTokens } = roles[role];
    return { role, amount: isPriced ? usd : inputTokens + outputTokens };
  });
  const text = ({ amount }: { amount: number }) => (isPriced ? moneyText(amount) : grouped(amount));
  return draw(
    {
      width: 900,
      height: 150,
      marginLeft: 70,
      marginRight: 90,
      marginBottom: 40,
      x: { label: isPriced ? "US dollars" : "tokens in and out", grid: true, ticks: 5, labelArrow: "none" },
      y: { label: null, domain: Role.options, tickSize: 0 },
      marks: [
        plot.barX(bars, { x: "amount", y: "role", fill: "var(--accent)", insetTop: 3, insetBottom: 3 }),
        plot.text(bars, { x: "amount", y: "role", text, dx: 6, textAnchor: "start", fill: "var(--ink)" }),
      ],
    },
    `Cost by role: ${bars.map((bar) => `${bar.role} ${text(bar)}`).join(", ")}.`,
  );
}
