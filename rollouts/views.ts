import { refuseFewTasks, type Visibility } from "../policies/visibility.ts";
import { programHash, type SkillFolder } from "../skills/folder.ts";
import { createDraw } from "../state/draw.ts";
import type { Hash } from "../state/json.ts";
import type { SuiteName, Task } from "../state/task.ts";
import type { Payload } from "../stores/payload/payload.ts";

/** What an agent sees of a program for one question. */
export interface View {
  /** The hash of the program that these skills are. */
  saw: Hash;
  skills: readonly SkillFolder[];
  /** Their names, where they are not all that are visible of the program. */
  names?: string[];
}

/** What of a program is visible on the tasks of a suite. */
export interface ProgramView {
  /** The skills that some question may be shown, by name. */
  visible: Record<string, Hash>;
  /** For the task at an index. */
  at(index: number): View;
}

export interface ViewNeeds {
  payload: Pick<Payload, "program">;
  /** Without it, every skill is visible. */
  visibility?: Visibility | undefined;
  seed: number;
}

/** Programs whose index is kept: the head, parents and candidates of a generation. */
const mostKept = 16;

/** Applies the visibility of a run, wherever its tasks are rolled out or its rollouts are looked up. */
export function createViews({ payload, visibility, seed }: ViewNeeds) {
  const kept = new Map<Hash, Promise<Pick<ProgramView, "visible"> & { at: ReturnType<typeof indexed> }>>();

  async function open(program: Hash) {
    const skills = await payload.program(program);
    const seen = visibility?.of(skills) ?? { skills };
    const visible = Object.fromEntries(seen.skills.map(({ name, hash }) => [name, hash]));
    return { visible, at: indexed(seen, seen.skills.length === skills.length ? program : programHash(seen.skills)) };
  }

  return async (program: Hash, suite: SuiteName, tasks: readonly Task[]): Promise<ProgramView> => {
    refuseFewTasks(visibility, suite, tasks.length);
    const known = kept.get(program);
    const opened = known ?? open(program);
    if (known === undefined) {
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value as Hash);
      kept.set(program, opened);
      // What cannot be read now may be read later.
      opened.catch(() => kept.delete(program));
    }
    const { visible, at } = await opened;
    const questions = tasks.map(({ input }) => input);
    const draw = createDraw(seed, 0, `visibility/${suite}`);
    return { visible, at: (index) => at({ index, questions }, draw) };
  };
}

/** The view of a program with the skills of these names, or with all. */
export function partOf(program: Hash, skills: readonly SkillFolder[], names: readonly string[] | null): View {
  if (names === null) return { saw: program, skills };
  const own = skills.filter(({ name }) => names.includes(name));
  return { saw: programHash(own), skills: own };
}

/** All skills of a view have one array and one hash, and so do equal choices of them. */
function indexed({ skills, decide }: ReturnType<Visibility["of"]>, saw: Hash) {
  const whole: View = { saw, skills };
  const views = new Map<string, View>();
  return (...of: Parameters<NonNullable<typeof decide>>): View => {
    if (decide === undefined) return whole;
    const chosen = new Set(decide(...of));
    if (chosen.size === skills.length) return whole;
    const own = skills.filter(({ name }) => chosen.has(name));
    const names = own.map(({ name }) => name);
    const key = JSON.stringify(names);
    const view = views.get(key) ?? { saw: programHash(own), skills: own, names };
    views.set(key, view);
    return view;
  };
}
