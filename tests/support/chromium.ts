import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export const hasChromium = existsSync(executablePath);

if (!hasChromium && process.env["CI"] !== undefined) {
  throw new Error(`The tests of pages need Chromium at ${executablePath}. Install it: apt-get install chromium.`);
}
if (!hasChromium) {
  process.stderr.write(
    "SKIPPED: the tests of pages, as there is no Chromium. apt-get install chromium, or set CHROMIUM.\n",
  );
}

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page of a browser of this test's own, and everything it asked for, said or complained about. */
export interface Browser {
  page: Page;
  requests: string[];
  complaints: string[];
  close(): Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "skillgraph-chromium-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: quiet });
  const page = context.pages()[0] ?? (await context.newPage());
  const [requests, complaints]: string[][] = [[], []];
  page.on("request", (request) => requests?.push(request.url()));
  page.on("console", (message) => complaints?.push(message.text()));
  page.on("pageerror", (error) => complaints?.push(error.message));
  page.on("dialog", (dialog) => {
    complaints?.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    page,
    requests: requests ?? [],
    complaints: complaints ?? [],
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
