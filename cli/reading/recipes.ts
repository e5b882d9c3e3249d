import { recipeViews, typicalSizes, type RecipeView } from "../../runs/reading/recipes.ts";
import { grouped } from "../../runs/words.ts";
import { ownRecipe } from "../parts/parts.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { print, printJson } from "../terminal/door.ts";
import { exitCodes } from "../terminal/failure.ts";
import { table } from "../terminal/table.ts";

export interface RecipesFlags extends MergedFlags {
  json?: boolean;
}

/** Prints the recipes on stdout, or one with its settings. */
export async function recipesCommand(name: string | undefined, { json, own }: RecipesFlags): Promise<number> {
  const views = recipeViews({ name, own: ownRecipe(own).recipe });
  if (json === true) printJson(views);
  else if (name === undefined) print(listOf(views));
  else for (const view of views) print(describe(view));
  return exitCodes.finished;
}

function listOf(views: readonly RecipeView[]): string {
  const rows = views.map(({ name, cost, source }) => [name, costText(cost), source]);
  const { train, validation } = typicalSizes;
  return (
    table([["recipe", "rollouts per generation", "source"], ...rows], { left: 3 }) +
    `\n${views.map(({ name, summary }) => `${name} ${summary}.`).join("\n")}\n` +
    `\nRollouts for ${train} train and ${validation} validation tasks with the default settings. Details: skillgraph recipes NAME\n`
  );
}

function costText({ batch, least, most }: RecipeView["cost"]): string {
  return least === most ? grouped(batch + most) : `${grouped(batch + least)} to ${grouped(batch + most)}`;
}

function describe({ name, version, source, summary, published, policies, cost, settings }: RecipeView): string {
  const { train, validation } = typicalSizes;
  const lines = [
    `${name}, version ${version}: ${summary}.`,
    `  source      ${source}`,
    ...(published === null ? [] : [`  published   ${published} (--as-published)`]),
    `  costs       ${costText(cost)} rollouts per generation, ${grouped(cost.start)} at the start (${train} train, ${validation} validation tasks)`,
    ...Object.entries(policies).map(([kind, policy]) => `  ${kind.padEnd(10)}  ${policy}`),
  ];
  const rows = Object.entries(settings).map(([key, { default: value, description }]) => [
    key,
    value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value),
    description,
  ]);
  const own =
    rows.length === 0
      ? "\nIt has no additional settings.\n"
      : `\n${table([["setting", "default", "description"], ...rows], { left: 3 })}`;
  return `${lines.join("\n")}\n${own}`;
}
