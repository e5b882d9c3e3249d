import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { startProxy } from "../durability/proxy.ts";

/** Hosts of their own, as far as this machine can pretend: each has its own way to a server on this one. */
export interface Hosts {
  /** What each of them is. */
  readonly kind: string;
  /** The address of the server as a host sees it. */
  addressOf(host: number): string;
  /** What comes before a command, so that it runs on a host. */
  prefixOf(host: number): string[];
  /** Cuts a host off: what it sends, and what is sent to it, arrives no more. */
  cut(host: number): void;
  mend(host: number): void;
  close(): Promise<void>;
}

const ip = (...words: string[]) => execFileSync("ip", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const tryIp = (...words: string[]) => spawnSync("ip", words).status === 0;

/** What belongs to a process, by its number: several may have hosts at a time. */
const namesOf = (pid: number) => ({
  bridge: `sgb${pid}`,
  spaceOf: (host: number) => `sg-${pid}-${host}`,
  outerOf: (host: number) => `sgv${pid}-${host}`,
  innerOf: (host: number) => `sgi${pid}-${host}`,
  addressOf: (last: number) => `10.213.${pid % 250}.${last}`,
});

const own = namesOf(process.pid);

/** Where a server listens beside the loopback, for hosts that are network namespaces. */
export const bridgeAddress = own.addressOf(1);

/** Whether this process may make network namespaces. */
export function canUseNamespaces(): boolean {
  const isPossible = process.getuid?.() === 0 && tryIp("netns", "add", own.spaceOf(0));
  const isBridged = isPossible && tryIp("link", "add", own.bridge, "type", "bridge");
  removeNamespaces(process.pid);
  return isBridged;
}

/** Removes what a process has made, and with no process what those have left that are gone. */
function removeNamespaces(pid?: number): void {
  const found = spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout ?? "";
  const owners = new Set([...found.matchAll(/^sg-(\d+)-/gm)].map(([, owner]) => Number(owner)));
  for (const owner of pid === undefined ? owners : [pid]) {
    if (owner !== pid && existsSync(`/proc/${owner}`)) continue;
    const { bridge, outerOf } = namesOf(owner);
    for (const [space, host] of found.matchAll(new RegExp(`^sg-${owner}-(\\d+)`, "gm"))) {
      tryIp("link", "del", outerOf(Number(host)));
      tryIp("netns", "del", space);
    }
    tryIp("link", "del", bridge);
  }
}

/** Network namespaces, each joined to a bridge by a pair of virtual cards. Needs root; to be made before the server starts. */
export function createNamespaces(count: number, port: () => number): Hosts {
  removeNamespaces();
  const { bridge, spaceOf, outerOf, innerOf, addressOf } = own;
  ip("link", "add", bridge, "type", "bridge");
  ip("addr", "add", `${bridgeAddress}/24`, "dev", bridge);
  ip("link", "set", bridge, "up");
  for (let host = 0; host < count; host += 1) {
    const [space, outer, inner] = [spaceOf(host), outerOf(host), innerOf(host)];
    ip("netns", "add", space);
    ip("link", "add", outer, "type", "veth", "peer", "name", inner);
    ip("link", "set", inner, "netns", space);
    ip("link", "set", outer, "master", bridge, "up");
    ip("-n", space, "addr", "add", `${addressOf(host + 2)}/24`, "dev", inner);
    ip("-n", space, "link", "set", inner, "up");
    ip("-n", space, "link", "set", "lo", "up");
  }
  return {
    kind: "network namespaces",
    addressOf: () => `${bridgeAddress}:${port()}`,
    prefixOf: (host) => ["ip", "netns", "exec", spaceOf(host)],
    cut: (host) => void ip("link", "set", outerOf(host), "down"),
    mend: (host) => void ip("link", "set", outerOf(host), "up"),
    close: async () => removeNamespaces(process.pid),
  };
}

/** Processes, each behind a proxy of its own. */
export async function createProxiedHosts(count: number, port: number): Promise<Hosts> {
  const proxies = await Promise.all(Array.from({ length: count }, () => startProxy(port)));
  const at = (host: number) => proxies[host] as (typeof proxies)[number];
  return {
    kind: "processes behind a proxy each",
    addressOf: (host) => `127.0.0.1:${at(host).port}`,
    prefixOf: () => [],
    cut: (host) => at(host).set("blackhole"),
    mend: (host) => at(host).set("pass"),
    close: async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))),
  };
}
