import { join } from "node:path";
import { openStore } from "../../stores/open.ts";
import { dieInProcess, killCertificate } from "../../tests/support/durability/certify-deaths.ts";
import { hasRedis, startRedis } from "../../tests/support/redis-server.ts";
import type { Finding, Trial, TrialOptions } from "./trial.ts";

export const certificates: Trial = {
  id: "T2",
  name: "certificates",
  what: "SIGKILL of a process that makes a certificate, before and after every write, on SQLite and Redis with `appendfsync always`",
  async run({ share, folder, progress }: TrialOptions): Promise<Finding> {
    // The whole trial is two deaths at each write.
    const stride = share >= 1 ? 0.5 : Math.ceil(0.5 / share);
    const server = hasRedis ? await startRedis({ appendonly: "yes", appendfsync: "always" }) : undefined;
    const places = [
      { name: "SQLite", urlOf: (death: number) => `file:${join(folder, `certificate-${death}.db`)}` },
      ...(server === undefined ? [] : [{ name: "Redis", urlOf: (death: number) => `${server.url}?prefix=${death}:` }]),
    ];
    try {
      const found = [];
      for (const [at, { name, urlOf }] of places.entries()) {
        let death = 0;
        const open = async () => {
          const store = await openStore(urlOf((death += 1)));
          return { store, dispose: () => store.close() };
        };
        const tell = (done: number, all: number) => progress(at * all + done, places.length * all);
        const one = await killCertificate({ open, die: dieInProcess, folder, stride, progress: tell });
        found.push({ ...one, problems: one.problems.map((problem) => `${name}: ${problem}`) });
      }
      return findingOf(found);
    } finally {
      await server?.stop();
    }
  },
};

function findingOf(found: ReadonlyArray<Awaited<ReturnType<typeof killCertificate>>>): Finding {
  const sum = (pick: (one: (typeof found)[number]) => number) => found.reduce((total, one) => total + pick(one), 0);
  const deaths = sum((one) => one.deaths);
  const figures = {
    kills: `${found.map((one) => one.deaths).join(" and ")} (SQLite${found.length > 1 ? " and Redis" : ""})`,
    "the same certificate": `${deaths - sum((one) => one.different)} of ${deaths}`,
    "numbers taken twice": `${sum((one) => one.numbers)}`,
    "acknowledged answers paid again": `${sum((one) => one.paidAgain)}`,
    "in flight at a kill": `at most ${Math.max(...found.map((one) => one.lost))}`,
  };
  return { figures, problems: found.flatMap((one) => one.problems) };
}
