import { z } from "zod";
import { Edit } from "../../state/program.ts";
import { sizes } from "../../state/sizes.ts";

/** Version of the messages in docs/benchmarks.md. */
export const protocol = 1;

/** The longest line that is read: the largest skill with room for the names of tasks and for edits. */
export const longestLine = 4 * sizes.editedFile;

const Id = z.union([z.int(), z.string().max(200)]);
const Skill = z.string().min(1).max(sizes.editedFile);
const Tasks = z.array(z.string()).min(1).max(10_000);
const Suite = z.enum(["train", "validation"]);

/** What a client may ask, each on a line of its own. A reply has the `id` of its request. */
export const Request = z.discriminatedUnion("request", [
  z.strictObject({
    id: Id.optional(),
    request: z.literal("hello"),
    protocol: z.literal(protocol),
    client: z.string().max(200),
  }),
  z.strictObject({ id: Id.optional(), request: z.literal("tasks"), suite: Suite }),
  z.strictObject({
    id: Id.optional(),
    request: z.literal("rollout"),
    skill: Skill,
    suite: Suite,
    tasks: Tasks,
    traces: z.boolean().default(false),
  }),
  z.strictObject({
    id: Id.optional(),
    request: z.literal("reflect"),
    skill: Skill,
    tasks: Tasks,
    rejected: z.array(Edit).max(1000).default([]),
  }),
  z.strictObject({ id: Id.optional(), request: z.literal("choose"), skill: Skill }),
  z.strictObject({ id: Id.optional(), request: z.literal("bye") }),
]);
export type Request = z.infer<typeof Request>;

export type RequestOf<Name extends Request["request"]> = Extract<Request, { request: Name }>;

/**
 * Why a request is refused. `request`: not a line of JSON, or not a request; `order`: before `hello` or a second one; `task`: no such task, or one twice;
 * `budget`: more rollouts than are left; `skill`: not a skill that can be read; `study`: a task that this skill was not run on.
 */
export type Refusal = "request" | "order" | "task" | "budget" | "skill" | "study";

/** A request that is refused; nothing was counted, and the connection stays open. */
export class RefusedRequest extends Error {
  readonly code: Refusal;

  constructor(code: Refusal, message: string) {
    super(message);
    this.name = "RefusedRequest";
    this.code = code;
  }
}

export type Reply = { id?: number | string } & ({ ok: object } | { error: { code: Refusal; message: string } });

/** Reads a line as a request, with the `id` of what is refused where it has one. */
export function readRequest(line: string): { id?: number | string; request: Request | RefusedRequest } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { request: new RefusedRequest("request", `A line must be one JSON object: ${(error as Error).message}.`) };
  }
  const parsed = Request.safeParse(json);
  const id = Id.safeParse((json as { id?: unknown } | null)?.id).data;
  const named = id === undefined ? {} : { id };
  if (parsed.success) return { ...named, request: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  const names = Request.options.map(({ shape }) => shape.request.value).join(", ");
  const message =
    path === "request" || path === ""
      ? `Unknown request; "request" must be one of ${names}, each with its own fields: ${issue?.message}.`
      : `Field "${path}" of the request cannot be used: ${issue?.message}.`;
  return { ...named, request: new RefusedRequest("request", message) };
}
