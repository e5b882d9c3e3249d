import type { RunForecast } from "../runs/forecast.ts";
import { tellLine } from "./terminal/lines.ts";

/** What the budget buys, and where that is next to nothing, what to do about it. */
export function tellForecast({ text, warning }: RunForecast, note: (text: string) => void): void {
  note(`forecast: ${text}`);
  if (warning !== null) tellLine(`warning: ${warning}`);
}
