import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The floors of docs/architecture.md, from the ground up. A file imports from its own floor or below. */
const floors: string[][] = [
  ["state"],
  ["skills", "policies"],
  ["stores", "readers", "processes"],
  ["models"],
  ["agents", "analysts", "verifiers", "gym"],
  ["rollouts"],
  ["nodes"],
  ["graphs"],
  ["runs"],
  ["index.ts"],
  ["cli", "bench", "examples"],
];

/** Rooms that decide and compute: no files, no network, no clock, no chance. */
const pure = ["state", "skills", "policies"];
const impure = [
  /\bfrom "node:(?!crypto)/,
  /\bDate\.now\b|new Date\b|performance\.now/,
  /Math\.random/,
  /\bprocess\./,
  /\bfetch\(/,
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const rooms = floors.flat();
const files = rooms.flatMap((room) => (room.endsWith(".ts") ? [room] : sources(room)));

function roomOf(file: string): string {
  return file.split("/")[0] as string;
}

function floorOf(file: string): number {
  return floors.findIndex((floor) => floor.includes(roomOf(file)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const relativeImports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] as string);
  return relativeImports.map((target) => relative(root, resolve(root, dirname(file), target)));
}

describe("floors", () => {
  test("every file imports from its own floor or below; benchmarks may use what tests share", () => {
    const isShared = (file: string, target: string) => roomOf(file) === "bench" && target.startsWith("tests/support/");
    const up = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !isShared(file, target) && (floorOf(target) === -1 || floorOf(target) > floorOf(file)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(up).toEqual([]);
  });

  test("nodes never import nodes, but what nodes are made of: node.ts, and the rooms below", () => {
    const sideways = sources("nodes").flatMap((file) =>
      importsOf(file)
        .filter((target) => /^nodes\/[^/]+$/.test(target) && target !== "nodes/node.ts")
        .map((target) => `${file} -> ${target}`),
    );
    expect(sideways).toEqual([]);
  });

  test("skills, policies and state are pure", () => {
    const found = pure.flatMap(sources).flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return impure.filter((pattern) => pattern.test(text)).map((pattern) => `${file}: ${pattern}`);
    });
    expect(found).toEqual([]);
  });

  test("only graphs wire a StateGraph, but for those of others in benchmarks and examples; only draw.ts makes randomness", () => {
    const mayWire = ["graphs", "bench", "examples"];
    const wiring = files.filter(
      (file) => !mayWire.includes(roomOf(file)) && /new StateGraph\(/.test(readFileSync(join(root, file), "utf8")),
    );
    const random = files.filter((file) => /Math\.random/.test(readFileSync(join(root, file), "utf8")));
    expect({ wiring, random }).toEqual({ wiring: [], random: [] });
  });

  test("files are written for users by one module; others write into temporary folders or stores of their own; one serves", () => {
    const writers =
      /\b(writeFile|writeFileSync|createWriteStream|rename|renameSync|copyFile|copyFileSync|cp|cpSync|appendFile|appendFileSync|openSync)\(/;
    const own = [
      "readers/output.ts",
      "agents/command/workspace.ts",
      "processes/claim.ts",
      "cli/studio/studio-server.ts",
      "stores/drivers/sqlite-identity.ts",
    ];
    const product = files.filter((file) => !["bench", "examples", "gym"].includes(roomOf(file)));
    const matching = (pattern: RegExp) =>
      product.filter((file) => pattern.test(readFileSync(join(root, file), "utf8")));
    expect(matching(writers).filter((file) => !own.includes(file))).toEqual([]);
    expect(matching(/\bcreate(Socket)?Server\(/)).toEqual(["cli/studio/local-server.ts"]);
  });

  test("only the door writes to the terminal, where what is foreign is made visible, and main where it cannot be loaded", () => {
    const writes = /process\.(?:stdout|stderr)\.write|\bconsole\.\w+\(|\bfrom "picocolors"/;
    const inside = [
      "cli",
      "runs",
      "graphs",
      "nodes",
      "rollouts",
      "agents",
      "analysts",
      "verifiers",
      "models",
      "stores",
      "readers",
    ];
    const found = [...inside, "processes", "skills", "policies", "state"]
      .flatMap(sources)
      .filter((file) => writes.test(readFileSync(join(root, file), "utf8")));
    expect(found.toSorted()).toEqual(["cli/main.ts", "cli/terminal/colors.ts", "cli/terminal/door.ts"]);
  });

  test("no folder is a hall: at most 25 files, tests and documents included", () => {
    const folders = new Map<string, number>();
    for (const folder of [...rooms.filter((room) => !room.endsWith(".ts")), "tests", "docs", "scripts"]) {
      for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) folders.set(entry.parentPath, (folders.get(entry.parentPath) ?? 0) + 1);
    }
    expect([...folders].filter(([, count]) => count > 25)).toEqual([]);
  });

  test("no room is called utils, common, helpers or types, and no file is a barrel but the public door", () => {
    const named = files.filter((file) => /(^|\/)(utils?|common|helpers?|types)(\.ts|\/)/.test(file));
    const barrels = files.filter((file) => file !== "index.ts" && /(^|\/)index\.ts$/.test(file));
    expect({ named, barrels }).toEqual({ named: [], barrels: [] });
  });
});
