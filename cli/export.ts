import { exportRun, type RunExport } from "../runs/export.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { exitCodes } from "./failure.ts";
import { openStoreFor } from "./store.ts";

export interface ExportFlags {
  store: string;
  to: string;
  json?: boolean;
}

export async function exportCommand(name: string, { store: from, to, json }: ExportFlags): Promise<number> {
  const source = await openStoreFor(from, { create: false });
  const exported = await exportTo(to, name, source.store).finally(source.close);
  const { runs, records, digest } = exported;
  process.stdout.write(
    json === true
      ? `${JSON.stringify(exported)}\n`
      : `${runs.join(", ")}: ${records.toLocaleString("en-US")} records copied\n  digest      ${digest}\n`,
  );
  return exitCodes.finished;
}

async function exportTo(url: string, name: string, store: RecordStore): Promise<RunExport> {
  const target = await openStoreFor(url);
  return exportRun(name, { store, to: target.store }).finally(target.close);
}
