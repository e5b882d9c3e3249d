import { openStore } from "../../../stores/open.ts";

/** count-up.ts URL TIMES: adds one to a shared counter so many times, each as read, compare and commit. */
const [url = "", times = "0"] = process.argv.slice(2);
const store = await openStore(url);
for (let done = 0; done < Number(times);) {
  const record = (await store.get("counter", ["count"])).get("count");
  const [outcome] = await store.commit([
    {
      space: "counter",
      expect: [["count", record?.version ?? "absent"]],
      put: { count: String(Number(record?.value ?? 0) + 1) },
    },
  ]);
  if (outcome?.committed === true) done += 1;
}
await store.close();
