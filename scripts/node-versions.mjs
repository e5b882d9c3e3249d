// Runs what a landing must pass under each Node that is supported, one after the other: `npm run test:nodes`, or with versions
// and what to run: `npm run test:nodes -- 22 24 --only check`. Each Node comes from npm; only that needs a network.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const place = join(root, "node_modules/.cache/node-versions");
const steps = { check: ["run", "check"], test: ["test", "--", "--reporter=default", "--reporter=json"] };

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
const versions = positionals.length > 0 ? positionals : ["20.19.0", "22", "24"];
const chosen = values.only === undefined ? Object.keys(steps) : [values.only];
if (chosen.some((step) => !(step in steps))) {
  console.error(`--only is "${values.only}"; it takes ${Object.keys(steps).join(" or ")}.`);
  process.exit(2);
}

/** The folder with this Node's program. */
function install(version) {
  const folder = join(place, version);
  const programs = join(folder, "node_modules/node/bin");
  if (!existsSync(programs)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    console.error(`installing Node ${version} ...`);
    run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `node@${version}`], { cwd: folder });
  }
  return programs;
}

/** Runs a program to its end and says how it ended; what it writes goes to stderr, so that stdout has the table alone. */
function run(file, words, options) {
  const stdio = ["ignore", process.stderr.fd, process.stderr.fd];
  const { status, signal } = spawnSync(file, words, { stdio, ...options });
  if (signal !== null) return `FAILS with ${signal}`;
  return status === 0 ? "passes" : "FAILS";
}

function outcomeOf(step, environment, report) {
  const words = step === "test" ? [...steps.test, `--outputFile.json=${report}`] : steps[step];
  rmSync(report, { force: true });
  const begun = performance.now();
  const end = run("npm", words, { cwd: root, env: environment });
  const took = `${Math.round((performance.now() - begun) / 1000)} s`;
  if (step === "check" || !existsSync(report)) return { text: `${end}, ${took}`, failed: [] };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const failed = testResults.flatMap(({ name, assertionResults, status, message }) => {
    const tests = assertionResults.filter((test) => test.status === "failed").map((test) => test.fullName);
    const reasons = tests.length === 0 && status === "failed" ? [message.split("\n")[0]] : tests;
    return reasons.map((reason) => `${name.slice(root.length)}: ${reason}`);
  });
  return { text: `${end}, ${numPassedTests} tests pass and ${numFailedTests} fail, ${took}`, failed };
}

const rows = [];
const failures = [];
for (const version of versions) {
  const programs = install(version);
  const environment = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
  const actual = spawnSync(join(programs, "node"), ["--version"], { encoding: "utf8" }).stdout?.trim();
  if (!actual) {
    rows.push([version, ...chosen.map(() => "FAILS: this Node could not be installed")]);
    continue;
  }
  const outcomes = chosen.map((step) => outcomeOf(step, environment, join(place, `${version}.json`)));
  rows.push([actual, ...outcomes.map(({ text }) => text)]);
  failures.push(...outcomes.flatMap(({ failed }) => failed.map((test) => `${actual}  ${test}`)));
}

console.log(
  [["Node", ...chosen], ["---", ...chosen.map(() => "---")], ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n"),
);
if (failures.length > 0) console.log(`\n${failures.join("\n")}`);
if (rows.flat().some((cell) => cell.startsWith("FAILS"))) process.exitCode = 1;
