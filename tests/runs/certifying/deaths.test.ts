import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dieHere, dieInProcess, killCertificate } from "../../support/durability/certify-deaths.ts";
import { drivers } from "../../support/stores.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-certify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = { paidAgain: 0, different: 0, numbers: 0, problems: [] };

// `npm run chaos -- certificates` kills at every write.
test.each(drivers)(
  "a certificate on $name that dies at a write is continued under its number, and nothing acknowledged is paid again",
  async ({ open }) => {
    const found = await killCertificate({ open, die: dieHere, folder, stride: 15 });
    expect(found).toMatchObject(whole);
    expect(found.deaths).toBeGreaterThan(2);
  },
);

test("so is one whose process is killed", async () => {
  const open = drivers.find(({ name }) => name === "sqlite")!.open;
  const found = await killCertificate({ open, die: dieInProcess, folder, stride: 40 });
  expect(found).toMatchObject(whole);
  expect(found.deaths).toBeGreaterThan(0);
});
