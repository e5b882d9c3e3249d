// Looks at the tarball as it would be published: `npm run check:package`. No network.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack, type Packed } from "./pack.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** All that is published. */
const published = [
  /^(CHANGELOG\.md|LICENSE|README\.md|package\.json)$/,
  /^dist\/.+\.(js|d\.ts)$/,
  /^dist\/analysts\/language-model\/prompts\/(curation\/)?[a-z-]+\.md$/,
  /^docs\/[a-z-]+\.(md|csv)$/,
  /^docs\/plots\/[a-z-]+\.svg$/,
  /^examples\/[a-z-]+\.ts$/,
  /^examples\/[a-z-]+\/(README\.md|[a-z]+\.jsonl|compose\.yaml)$/,
];

/** Rooms that are compiled for tests and benchmarks alone. */
const unpublished = /^dist\/(bench|examples|gym|scripts|tests)\//;

/** LangGraph knows its own by `instanceof` and by symbols, so that a second copy does not know the first one's. */
const single = ["@langchain/core", "@langchain/langgraph", "@langchain/langgraph-checkpoint", "zod"];

function checkFiles({ files }: Packed): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const all = [...paths];
  const extra = all.filter((path) => unpublished.test(path) || !published.some((pattern) => pattern.test(path)));
  const untyped = all.filter((path) => path.endsWith(".js") && !paths.has(path.replace(/\.js$/, ".d.ts")));
  const broken = all.filter((path) => path.endsWith(".md")).flatMap((path) => brokenLinks(path, paths));
  return [
    ...extra.map((path) => `${path} is packed, and nobody said that it should be: scripts/check-package.ts.`),
    ...untyped.map((path) => `${path} has no types beside it.`),
    ...broken,
  ];
}

/** Links of a page to files that are not packed. */
function brokenLinks(page: string, paths: ReadonlySet<string>): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/```[^]*?```|`[^`]*`/g, "");
  const links = [...text.matchAll(/\]\(([^)#\s]+)/g)].map((match) => match[1] as string);
  return links
    .filter((link) => !/^[a-z]+:/.test(link) && !paths.has(normalize(join(dirname(page), link))))
    .map((link) => `${page} links to ${link}, which is not packed.`);
}

async function checkManifest({ tarball }: Packed): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/** The package is for `import`; CommonJS gets it by `require`, which Node has for modules since 20.19. */
async function checkTypes({ tarball }: Packed): Promise<string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (!analysis.types) return ["The package has no types."];
  return analysis.problems
    .filter(({ kind }) => kind !== "CJSResolvesToESM")
    .map((problem) => `types: ${JSON.stringify(problem)}`);
}

function checkCopies(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: object };
  return single.flatMap((name) => {
    const places = Object.keys(packages).filter((place) => place.endsWith(`node_modules/${name}`));
    return places.length === 1 ? [] : [`${name} is installed ${places.length} times: ${places.join(", ")}.`];
  });
}

const folder = mkdtempSync(join(tmpdir(), "skillgraph-pack-"));
const packed = pack(folder);
const problems = [
  ...checkFiles(packed),
  ...checkCopies(),
  ...(await checkManifest(packed)),
  ...(await checkTypes(packed)),
];
rmSync(folder, { recursive: true });

for (const problem of problems) console.error(problem);
const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
console.error(
  `${packed.files.length} files, ${kilobytes(packed.size)} packed, ${kilobytes(packed.unpackedSize)} unpacked`,
);
if (problems.length > 0) process.exitCode = 1;
