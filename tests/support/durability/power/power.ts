import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Libsql from "libsql";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import { draw } from "../../../../state/draw.ts";
import { openStore } from "../../../../stores/open.ts";
import { startChild } from "../../started/child.ts";
import { buryOwner, houseOn } from "../crashes.ts";

/** Asks ext4 to stop as at a power cut, without writing its log: EXT4_IOC_SHUTDOWN with flag 2 (NOLOGFLUSH). */
const shutdown =
  'use Fcntl; sysopen(my $f, $ARGV[0], O_RDONLY) or die; my $flag = pack("I", 2); ioctl($f, 0x8004587d, $flag) or die "$!"';

export interface PowerCut {
  /** Calls that were acknowledged before the cut began, and how many of them are gone after it. */
  acknowledged: number;
  lost: number;
  isIntact: boolean;
  digest: string;
}

/** Why power cannot be cut here; undefined where it can. */
export function whyNoPowerCuts(folder: string): string | undefined {
  if (process.platform !== "linux") return "it is no Linux";
  if (process.getuid?.() !== 0) return "it needs root, to mount a file system of its own";
  const disk = createDisk(join(folder, "probe"));
  try {
    disk.make();
    disk.cut();
    return undefined;
  } catch (error) {
    return `a file system cannot be mounted and shut down here (${(error as Error).message.split("\n")[0]})`;
  } finally {
    disk.remove();
  }
}

/** A small ext4 file system of its own, to be cut off as by a power cut. */
export function createDisk(folder: string) {
  const [image, mount] = [join(folder, "disk.img"), join(folder, "mount")];
  const run = (command: string, ...words: string[]) => execFileSync(command, words, { stdio: "pipe" });
  return {
    mount,
    make() {
      mkdirSync(mount, { recursive: true });
      run("dd", "if=/dev/zero", `of=${image}`, "bs=1M", "count=64");
      run("mkfs.ext4", "-q", image);
      run("mount", "-o", "loop", image, mount);
    },
    cut: () => run("perl", "-e", shutdown, mount),
    comeBack() {
      run("umount", mount);
      run("mount", "-o", "loop", image, mount);
    },
    // Lazily: the driver lets go of its file when it is collected.
    remove: () => spawnSync("umount", ["-l", mount]),
  };
}

/** Cuts the power under a run on SQLite at a drawn moment, looks at what is left, and lets the run go on to its end. */
export async function cutPower(trial: number, folder: string): Promise<PowerCut> {
  const place = join(folder, `power-${trial}`);
  const disk = createDisk(place);
  disk.make();
  const [database, witness, acknowledged] = [
    join(disk.mount, "runs.db"),
    join(place, "witness"),
    join(place, "acknowledged"),
  ];
  writeFileSync(witness, "");
  writeFileSync(acknowledged, "");
  try {
    const child = startChild("durability/power/power-child.ts", `file:${database}`, witness, acknowledged);
    await child.line();
    await sleep(100 + draw(29, trial, "cut", 0) * 900);
    // Not what is acknowledged during the cut: ext4 tells an fsync that it cuts short that it was done.
    const spaces = readFileSync(acknowledged, "utf8").split("\n").slice(0, -1);
    disk.cut();
    child.process.kill("SIGKILL");
    await child.ended;
    disk.comeBack();
    const isIntact = existsSync(database) ? integrityOf(database) : spaces.length === 0;
    const store = await openStore(`file:${database}`);
    let lost = 0;
    for (const space of spaces) lost += (await store.get(space, ["answer"])).size === 0 ? 1 : 0;
    await buryOwner(store);
    const { digest } = await (await optimize(houseOn(store, witness))).result();
    await store.close();
    return { acknowledged: spaces.length, lost, isIntact, digest };
  } finally {
    disk.remove();
  }
}

function integrityOf(path: string): boolean {
  const database = new Libsql(path);
  const result = database.prepare("PRAGMA integrity_check").get() as { integrity_check: string };
  database.close();
  return result.integrity_check === "ok";
}
