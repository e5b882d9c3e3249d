import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { heatMap, pickGenerations, type Cell } from "../../../runs/report/heat-map.ts";
import { renderReport } from "../../../runs/report/page.ts";
import type { RunReport } from "../../../runs/report/report.ts";
import { style } from "../../../runs/report/style.ts";
import type { GenerationRecord } from "../../../state/evidence.ts";
import { hasChromium, openBrowser, type Browser } from "../../support/chromium.ts";
import { hostile, hostileReport, openReported } from "../../support/reported.ts";
import { temporaryFolder } from "../../support/stores.ts";
import { auditOf } from "../../policies/records.ts";

let report: RunReport;
beforeAll(async () => {
  ({ report } = await openReported());
});
afterEach(() => void vi.unstubAllEnvs());

const paid = { calls: 12, inputTokens: 4_000, outputTokens: 900, usd: 0.35 };

/** The report of a run that goes on and on: every third generation accepted, 5,000 tasks. */
function longReport(): RunReport {
  const [record] = report.timeline as [GenerationRecord];
  const timeline = Array.from({ length: 1_000 }, (_, index) => ({
    ...record,
    generation: index + 1,
    headScore: index / 1_000,
    verdict: { ...record.verdict, accepted: index % 3 === 0 },
  }));
  const tasks = Array.from({ length: 5_000 }, (_, index) => ({ id: `task-${index}`, input: "x".repeat(400) }));
  const results = new Map(
    pickGenerations(timeline).map((generation) => [
      generation,
      new Map(tasks.map(({ id }, index): [string, Cell] => [id, index % 7 === 0 ? "missing" : (index % 5) / 4])),
    ]),
  );
  const map = heatMap(results, tasks, timeline.length);
  const diff = "+ a line of a skill\n".repeat(20_000);
  return { ...report, timeline, maps: { validation: map, train: map }, diff };
}

describe("a report as a page", () => {
  test("tells scores with intervals, verdicts in words, branches, tasks, the diff, the cost and the digest", async () => {
    const page = await renderReport(report);
    expect(page).toMatch(/^<!doctype html>/);
    for (const told of [report.result.digest, report.result.skill.hash, "statistical@", "branched from", "rejected"])
      expect(page).toContain(told);
    expect(page).toMatch(/improved, \d+ repaired, \d+ broken, \d+ of 24 tasks/);
    expect(page).toMatch(/\.\d{3} \(\.\d{3} to \.\d{3}\)/);
    expect(page).toContain("house, generation 2");
    expect(page).toContain("not evaluated");
    expect(page).toContain("<ins>+## Rules</ins><ins>+</ins>");
    expect(page).toContain("the parts of this run are embedded");
    expect(await renderReport(report)).toBe(page);
  });

  test("counts accepted candidates that were rolled back apart", async () => {
    const { timeline } = longReport();
    const [record] = timeline as [GenerationRecord];
    const audit = auditOf({ back: 2 });
    const page = await renderReport({ ...report, timeline: [...timeline.slice(0, 10), { ...record, audit }] });
    expect(page).toContain("5 accepted, 2 of them rolled back");
  });

  test("shows cost by role where something was paid", async () => {
    const { spent } = report.result;
    const roles = { ...spent.roles, agent: paid };
    const page = await renderReport({ ...report, result: { ...report.result, spent: { ...spent, usd: 0.35, roles } } });
    expect(page).toContain("Cost by role: agent $0.35, analyst $0, verifier $0.");
    expect(page).not.toContain("the parts of this run are embedded");
  });

  test("says where there is nothing to show yet", async () => {
    const none = { columns: [], generations: 0, rows: [], tasks: 0 };
    const page = await renderReport({
      ...report,
      timeline: [],
      maps: { validation: none, train: none },
      family: { runs: [], left: 0 },
      diff: "",
      test: { start: null, best: null },
    });
    for (const text of [
      "No scores yet",
      "No generation has ended yet",
      "is not a branch and has no branches",
      "the skill is unchanged",
    ])
      expect(page).toContain(text);
  });

  test("stays within a few megabytes for a long run, and says what it leaves out", async () => {
    const page = await renderReport(longReport());
    expect(Buffer.byteLength(page)).toBeLessThan(4_000_000);
    expect(page).toContain("60 of 1,000 generations");
    expect(page).toContain("100 of 5,000 tasks");
    expect(page).toContain("The last 40 of 334 accepted generations");
    expect(page).toContain("17,000 more lines not shown");
  });

  test("holds no secret of the environment", async () => {
    vi.stubEnv("CANARY_API_KEY", "sk-canary-4f9d81c2e7");
    const page = await renderReport({
      ...report,
      warnings: ["401 with sk-canary-4f9d81c2e7"],
      diff: "+sk-canary-4f9d81c2e7",
    });
    expect(page).not.toContain("sk-canary");
    expect(page).toContain("401 with [CANARY_API_KEY]");
  });

  test("has text of enough contrast, light and dark", () => {
    const [light = "", dark = ""] = [...style.matchAll(/:root \{([\s\S]*?)\}/g)].map(([, rules]) => rules);
    for (const rules of [light, dark]) {
      const colors = Object.fromEntries(
        [...rules.matchAll(/--([a-z0-9]+): (#[0-9a-f]{6})/g)].map(([, name, color]) => [name, color]),
      );
      for (const name of ["ink", "muted", "accent", "good", "bad", "test"]) {
        for (const ground of ["card", "page", "soft"])
          expect(contrast(colors[name] ?? "", colors[ground] ?? ""), `${name} on ${ground}`).toBeGreaterThan(4.5);
      }
      for (const ground of ["ins", "del"])
        expect(contrast(colors["ink"] ?? "", colors[ground] ?? "")).toBeGreaterThan(4.5);
    }
  });
});

describe("the generations that are shown", () => {
  const record = (generation: number, accepted: boolean) => ({ generation, verdict: { accepted } }) as GenerationRecord;

  test("are all of them where there is room", () => {
    expect(pickGenerations([record(1, true), record(2, false), record(3, true)], 3)).toEqual([1, 2, 3]);
  });

  test("are the first, the last and those that were accepted before the others", () => {
    const timeline = Array.from({ length: 100 }, (_, index) => record(index + 1, [7, 50, 51].includes(index + 1)));
    const picked = pickGenerations(timeline, 10);
    expect(picked).toHaveLength(10);
    expect(picked).toEqual(expect.arrayContaining([1, 7, 50, 51, 100]));
    expect(picked).toEqual(picked.toSorted((one, other) => one - other));
  });
});

describe.skipIf(!hasChromium)("a report in a browser", () => {
  const folder = temporaryFolder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    folder.remove();
  });

  async function open(name: string, shown: RunReport): Promise<string> {
    const file = join(folder.path, `${name}.html`);
    writeFileSync(file, await renderReport(shown));
    const url = pathToFileURL(file).href;
    browser.requests.length = browser.complaints.length = 0;
    await browser.page.goto(url);
    return url;
  }

  const kinds: Array<[string, () => RunReport]> = [
    ["a real run", () => report],
    ["hostile texts", () => hostileReport(report)],
    ["a long run", longReport],
  ];

  test.each(kinds)(
    "%s: asks for nothing, complains of nothing, has its headings and tables, and overflows nowhere",
    async (name, of) => {
      const url = await open(name.replaceAll(" ", "-"), of());
      const { page, requests, complaints } = browser;
      for (const [colorScheme, width] of [
        ["light", 360],
        ["dark", 1280],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(overflowing);
        expect(overflow, `${width} px`).toBeLessThanOrEqual(0);
      }
      expect(await page.locator("h1").count()).toBe(1);
      const headings = [
        "Scores",
        "Timeline",
        "Lineage",
        "Programs",
        "Tasks",
        "What changed in the skill",
        "Cost",
        "Settings and digest",
      ];
      expect((await page.locator("main h2").allTextContents()).filter((text) => text !== "Warnings")).toEqual(headings);
      expect(await page.locator("script, iframe, object, img, body link").count()).toBe(0);
      for (const table of await page.locator("table").all()) {
        expect(await table.locator("caption").count()).toBe(1);
        expect(await table.locator('thead th[scope="col"]').count()).toBeGreaterThan(1);
      }
      const pictures = await page
        .locator('svg[role="img"]')
        .evaluateAll((all) =>
          all.map(
            (picture) =>
              [
                picture.getAttribute("aria-label") ?? "",
                picture.closest("section")?.querySelectorAll("table").length ?? 0,
              ] as const,
          ),
        );
      expect(pictures.length).toBeGreaterThanOrEqual(4);
      for (const [label, tables] of pictures) {
        expect(label.length).toBeGreaterThan(20);
        expect(tables).toBeGreaterThan(0);
      }
      expect(requests).toEqual([url]);
      expect(complaints).toEqual([]);
    },
  );

  test("hostile texts are read as they stand, with what nobody sees made visible", async () => {
    await open("read", hostileReport(report));
    const text = await browser.page.locator("h1").textContent();
    expect(text).toBe(
      hostile
        .replace("\u0000", "⟨U+0000⟩")
        .replace("\u0007", "⟨U+0007⟩")
        .replace("\u202e", "⟨U+202E⟩")
        .replace("\u200b", "⟨U+200B⟩")
        .replace("\ud800", "⟨U+D800⟩"),
    );
  });

  test("a map as a table tells apart a score, an answer that failed and a task that nobody asked", async () => {
    const [row, ...rows] = report.maps.train.rows;
    const train = {
      ...report.maps.train,
      rows: [{ ...row!, cells: [0.5, "missing", "not evaluated"] as Cell[] }, ...rows],
    };
    await open("map", { ...report, maps: { ...report.maps, train } });
    const table = browser.page.locator("table").filter({ hasText: "train tasks by generation" });
    const cells = await table
      .locator("tbody tr")
      .evaluateAll((all) =>
        all.map((each) => [...each.querySelectorAll("td")].slice(1).map((cell) => cell.textContent)),
      );
    expect(cells[0]).toEqual([".500", "missing", "–"]);
    expect(cells.slice(1)).toEqual(
      rows.map((each) => each.cells.map((cell) => (cell === "not evaluated" ? "–" : String(cell)))),
    );
  });
});

/** How far the page reaches out of the window, in pixels. */
const overflowing = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

/** Of two colours, as WCAG 2 has it: 1 to 21. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
