// The loop on a store, for LangGraph's dev server.
import { createStudio, type Studio } from "../../runs/studio/studio.ts";
import { readConfig } from "../parts/config-file.ts";
import { readEnvironment } from "../environment.ts";
import { beginWith, readStudioPlace } from "./studio-place.ts";
import { ownRecipe, partsOfRun, settingsIn } from "../parts/parts.ts";
import { openStoreFor } from "../parts/store.ts";
import { keepThreads } from "./studio-threads.ts";

readEnvironment(process.cwd());
const place = readStudioPlace();
const { store } = await openStoreFor(place.store);
const own = place.config === undefined ? {} : (await readConfig(place.config)).config;
const studio: Studio = await createStudio({
  store,
  concurrency: place.concurrency,
  settings: settingsIn(place.settings, own),
  ...ownRecipe(own),
  partsOf: (record) => partsOfRun(record, own),
  begin: beginWith(place, { store, own }),
});

export const loop = studio.graph;

const url = process.env["LANGGRAPH_API_URL"];
if (url !== undefined) void keepThreads({ url, store, key: place.key });

// Its parent closes the pipe to end it, or is gone. LangGraph's command, which is in the same group, would live on.
process.stdin.resume().once("end", () => void studio.close().finally(() => process.kill(0, "SIGKILL")));
